/**
 * Grouped output as the log of a GitHub step. From its first line to its last the runner takes no orders: all stands between
 * one `::stop-commands::TOKEN` and `::TOKEN::`, and what is said beside that is fenced when it could be taken for one. Folds
 * need no order: for `::group::` too the runner does nothing but write `##[group]` into the log, which the viewer reads.
 * One token, for the runner masks it, and looks for every mask in every line of the rest of the job.
 */
import type { Line } from '../core/shown.js';
import type { TaskState } from '../core/state.js';
import type { Frame } from './output.js';
import { renderLine, type Style, style } from './style.js';
import { unfolding } from './unfolding.js';

export interface WorkflowFrameOptions {
  /** `allow`: the runner may obey tasks. */
  readonly commands: 'stop' | 'allow';
  /** A new one for each fence, which nobody can guess. */
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
  private isFolded = false;
  /** Ends the fence around the whole log. */
  private fenceEnd = '';

  constructor(private readonly options: WorkflowFrameOptions) {}

  /** What comes before all output of tasks. */
  begin(): string {
    if (this.options.commands === 'allow') return '';
    const [begin, end] = this.fence();
    this.fenceEnd = end;
    return begin;
  }

  /** What comes after all output of tasks. */
  end(): string {
    const { fenceEnd } = this;
    this.fenceEnd = '';
    return fenceEnd;
  }

  /** Nothing for a task that never ran: one failure may skip thousands. */
  open(heading: Line, task: TaskState, isEmpty: boolean): string {
    this.isFolded = !isEmpty && task.status === 'succeeded';
    if (isEmpty && task.attempts.length === 0) return '';
    if (!this.isFolded) return this.notice(`${renderLine(heading, this.options.look)}\n`);
    const title = this.shown(renderLine(heading, PLAIN));
    return this.fenceEnd === '' ? `::group::${escapeData(title)}\n` : `##[group]${title}\n`;
  }

  close(): string {
    if (!this.isFolded) return '';
    return this.fenceEnd === '' ? '::endgroup::\n' : '##[endgroup]\n';
  }

  notice(text: string): string {
    const shown = this.shown(text);
    if (this.fenceEnd !== '' || !SUSPICIOUS.test(shown)) return shown;
    const [begin, end] = this.fence();
    return begin + shown + end;
  }

  private shown(text: string): string {
    return unfolding(this.options.mask(text));
  }

  private fence(): readonly [string, string] {
    const token = this.options.newToken();
    return [`::stop-commands::${token}\n`, `::${token}::\n`];
  }
}

/** As the runner reads the text of a command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
