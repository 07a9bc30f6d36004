/**
 * Grouped output as the log of a GitHub step: what tasks wrote stands between `::stop-commands::TOKEN` and `::TOKEN::`,
 * where the runner takes no orders; tasks that went well are folded away. A token is made when a block is written, when
 * its task is over, so that no task can know it.
 */
import type { Line } from '../core/shown.js';
import type { TaskState } from '../core/state.js';
import type { Frame } from './output.js';
import { renderLine, type Style, style } from './style.js';

export interface WorkflowFrameOptions {
  /** `allow`: the runner may obey tasks. */
  readonly commands: 'stop' | 'allow';
  /** A new one for each block, which nobody can guess. */
  readonly newToken: () => string;
  readonly look: Style;
  /** Takes what must not be seen out of our own words. */
  readonly mask: (text: string) => string;
}

const PLAIN = style(false);
/**
 * The runner looks for `##[` anywhere in a line and for `::` at its beginning, and may overlook characters without width
 * in them. So whatever has a `#`, or a colon before the first letter, is not told to be harmless.
 */
const SUSPICIOUS = /#|^\P{L}*:/mu;

export class WorkflowFrame implements Frame {
  /** What ends the block that is open. */
  private end = '';

  constructor(private readonly options: WorkflowFrameOptions) {}

  open(heading: Line, task: TaskState, isEmpty: boolean): string {
    this.end = '';
    if (isEmpty) return this.notice(`${renderLine(heading, this.options.look)}\n`);
    const isFolded = task.status === 'succeeded';
    const title = this.options.mask(renderLine(heading, PLAIN));
    const first = isFolded
      ? `::group::${escapeData(title)}\n`
      : this.notice(`${renderLine(heading, this.options.look)}\n`);
    const [begin, end] = this.fence();
    this.end = end + (isFolded ? '::endgroup::\n' : '');
    return first + begin;
  }

  close(): string {
    return this.end;
  }

  notice(text: string): string {
    const shown = this.options.mask(text);
    if (!SUSPICIOUS.test(shown)) return shown;
    const [begin, end] = this.fence('stop');
    return begin + shown + end;
  }

  private fence(commands = this.options.commands): readonly [string, string] {
    if (commands === 'allow') return ['', ''];
    const token = this.options.newToken();
    return [`::stop-commands::${token}\n`, `::${token}::\n`];
  }
}

/** As the runner reads the text of a command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
