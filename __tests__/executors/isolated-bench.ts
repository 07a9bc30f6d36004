/** A workbench whose attempts are isolated in a real repository, and whose merges are carried out there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '../../src/core/launch.js';
import type { MergeMember, MergeOrder, WorktreeOrder } from '../../src/core/orders.js';
import type { Into } from '../../src/core/plan.js';
import { IntegratingExecutor } from '../../src/executors/integrate.js';
import { IsolatedExecutor } from '../../src/executors/isolated.js';
import { secretForms } from '../../src/executors/mask.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { TestRepository } from '../workspace/repositories.js';
import { type Exited, Workbench } from './workbench.js';

const FILES = { 'a.txt': 'a\n', 'sub/b.txt': 'b\n', '.gitignore': 'ignored\n.env\n' };

export class IsolatedBench extends Workbench {
  readonly repository = new TestRepository('répo of us');
  base = '';
  cwd = '';
  workspace = {} as Workspace;

  /** `arrange` makes of the repository what it is to be, and gives the folder in which the run works. */
  static async make(
    secrets: Record<string, string> = {},
    arrange: (repository: TestRepository) => string = ({ top }) => top,
  ): Promise<IsolatedBench> {
    // As a hook of git would have it.
    const bench = new IsolatedBench({ secrets, environment: { ...process.env, GIT_DIR: '/nowhere' } });
    bench.repository.commit(FILES);
    bench.cwd = arrange(bench.repository);
    bench.base = bench.repository.gitIn(bench.cwd, 'rev-parse', 'HEAD');
    bench.workspace = await bench.repository.workspace('r1', bench.cwd);
    const shared = {
      workspace: bench.workspace,
      files: bench.files.bind(bench),
      secretForms: secretForms(secrets),
    };
    const stateDir = join(bench.repository.folder, 'state');
    const isolated = new IsolatedExecutor({ inner: bench.executor, stateDir, ...shared });
    const executor = new IntegratingExecutor({ inner: isolated, base: bench.base, ...shared });
    Object.assign(bench, { executor });
    return bench;
  }

  override launch(text: string, parts: Partial<Launch> = {}): Launch {
    return super.launch(text, { cwd: this.cwd, ...this.order({}), ...parts });
  }

  order(parts: Partial<WorktreeOrder>): { worktree: WorktreeOrder } {
    return { worktree: { base: this.base, copy: [], ...parts } };
  }

  member({ task, commit = '' }: Exited, base = this.base): MergeMember {
    return { task, label: task, base, commit };
  }

  merge(members: readonly MergeMember[], into?: Into, parts: Partial<MergeOrder> = {}): Promise<Exited> {
    const merge = { base: this.base, members, ...parts };
    const work = {
      kind: 'integrate',
      members: members.map(({ task }) => task),
      ...(into === undefined ? {} : { into }),
    } as const;
    return new Promise((resolve) => {
      const { worktree: _, ...launch } = this.launch('', { task: 'integrate', work, merge });
      this.executor.start(launch, (seen) => {
        if (seen.type === 'attempt.exited') resolve(seen);
      });
    });
  }

  /** What is left of worktrees, and beside them. */
  left(): string[] {
    const { folder } = this.workspace.places;
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  /** Branches of batchtool that are left. */
  branches(): string[] {
    const listed = this.repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/batchtool');
    return listed.split('\n').filter((name) => name !== '');
  }

  patch(task = 't', attempt = 1): string {
    return readFileSync(this.files({ task, attempt }).patch, 'utf8');
  }

  override async clear(): Promise<void> {
    await super.clear();
    this.repository.remove();
  }
}
