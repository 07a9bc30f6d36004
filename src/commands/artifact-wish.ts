/** Whether a run is to leave an artifact. */
import type { RunStatus } from '../core/state.js';
import type { ActionRequest } from '../input/inputs.js';

/** By what the workflow asks for and how the run has ended. A cancelled job has no time for one. */
export function wantsArtifact({ artifact }: Pick<ActionRequest, 'artifact'>, status: RunStatus): boolean {
  return artifact === 'always' ? status !== 'cancelled' : artifact === 'failure' && status === 'failed';
}
