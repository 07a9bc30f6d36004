/** `--output quiet`: only what went wrong, on stderr. */
import type { Event } from '../core/event.js';
import type { Line } from '../core/shown.js';
import type { RunState } from '../core/state.js';
import { Outlet } from './outlet.js';
import type { Output, OutputPorts } from './output.js';
import { Pump } from './pump.js';
import { renderLines } from './style.js';

export class QuietOutput implements Output {
  private readonly err: Outlet;
  private readonly pump = new Pump(() => this.piece());
  private text = '';

  constructor(private readonly ports: Pick<OutputPorts, 'err' | 'errStyle' | 'narrator'>) {
    this.err = new Outlet(ports.err);
  }

  observe(events: readonly Event[], state: RunState): void {
    for (const { level, lines } of this.ports.narrator.notices(events, state).values())
      if (level === 'trouble') this.text += renderLines(lines, this.ports.errStyle);
    if (this.text !== '') this.pump.kick();
  }

  say(line: Line): void {
    this.text += renderLines([line], this.ports.errStyle);
    this.pump.kick();
  }

  close(): Promise<void> {
    return this.pump.idle();
  }

  private async piece(): Promise<boolean> {
    const { text } = this;
    this.text = '';
    await this.err.write(text);
    return this.text !== '';
  }
}
