/** Does pieces of work one after the other, never two at once, and lets the rest of the program in between. */

/** Pieces between two looks at the rest of the world: some milliseconds when a piece is a chunk of output. */
const PIECES_A_TURN = 16;

export class Pump {
  private running: Promise<void> | undefined;
  private isAsked = false;

  /** `piece` does one piece and says whether there may be more to do now. It must not reject. */
  constructor(private readonly piece: () => Promise<boolean>) {}

  /** There is something to do. */
  kick(): void {
    this.isAsked = true;
    this.running ??= this.run();
  }

  /** Resolves when there is nothing more to do. */
  async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    let done = 0;
    // Who asks while the last piece reports that nothing is left must not be missed.
    while (this.isAsked) {
      this.isAsked = false;
      while (await this.piece()) {
        done++;
        if (done % PIECES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    this.running = undefined;
  }
}
