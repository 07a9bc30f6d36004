import { describe, expect, it } from '@jest/globals';
import { bearGoneReader, Outlet, type Sink } from '../../src/terminal/outlet.js';
import { Pump } from '../../src/terminal/pump.js';

type Done = (error?: Error | null) => void;

/** A stream of which the test says what becomes of each write. */
function sink(onWrite: (done: Done, tell: (error: Error) => void) => void) {
  const listeners: ((error: Error) => void)[] = [];
  let writes = 0;
  const stream: Sink = {
    write: (_chunk: string | Uint8Array, done: Done = () => undefined) => {
      writes++;
      onWrite(done, (error) => {
        for (const listener of listeners) listener(error);
      });
      return true;
    },
    on: (_event: string, listener: (error: Error) => void) => listeners.push(listener),
    removeListener: () => undefined,
  };
  return { stream, listeners, writes: () => writes };
}

const gone = new Error('write EPIPE');

describe('an outlet', () => {
  it('closes when a write tells of an error', async () => {
    const { stream, writes } = sink((done) => done(gone));
    const outlet = new Outlet(stream);
    await outlet.write('one');
    await outlet.write('two');
    expect([outlet.isClosed, writes()]).toEqual([true, 1]);
  });

  it('closes when the stream tells of an error', async () => {
    const { stream, writes } = sink((done, tell) => {
      done();
      tell(gone);
    });
    const outlet = new Outlet(stream);
    await outlet.write('one');
    await outlet.write('two');
    expect([outlet.isClosed, writes()]).toEqual([true, 1]);
  });

  it('shares what it knows with every other of the same stream, and listens once', async () => {
    const { stream, listeners } = sink((done) => done(gone));
    const [one, other] = [new Outlet(stream), new Outlet(stream)];
    await one.write('x');
    expect([other.isClosed, listeners.length]).toEqual([true, 1]);
  });

  it('does not trouble the stream with nothing', async () => {
    const { stream, writes } = sink((done) => done());
    await new Outlet(stream).write('');
    expect(writes()).toBe(0);
  });
});

describe('a pump', () => {
  it('works again for who asked while it worked', async () => {
    let pieces = 0;
    const pump = new Pump(async () => {
      pieces++;
      return false;
    });
    pump.kick();
    pump.kick();
    await pump.idle();
    expect(pieces).toBe(2);
  });

  it('never does two pieces at once', async () => {
    let [atWork, most, left] = [0, 0, 40];
    const pump = new Pump(async () => {
      atWork++;
      most = Math.max(most, atWork);
      await Promise.resolve();
      atWork--;
      left--;
      return left > 0;
    });
    pump.kick();
    pump.kick();
    await pump.idle();
    expect([most, left]).toEqual([1, -1]);
  });

  it('knows what has been seen before it was there, by who writes without one', () => {
    const { stream, listeners } = sink((_done, tell) => tell(gone));
    bearGoneReader(stream);
    stream.write('by somebody else');
    bearGoneReader(stream);
    expect([new Outlet(stream).isClosed, listeners.length]).toEqual([true, 1]);
  });
});
