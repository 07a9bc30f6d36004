/** What action.yml calls its inputs and outputs, in its order. A test compares the two. */

export const INPUTS = [
  'run',
  'file',
  'plan',
  'max-concurrent',
  'on-error',
  'max-retries',
  'timeout',
  'idle-timeout',
  'memory-limit',
  'max-cost',
  'agent',
  'namespace',
  'tags',
  'env',
  'pass-env',
  'mask',
  'working-directory',
  'dry-run',
  'summary',
  'annotations',
  'problem-matchers',
  'comment',
  'github-token',
  'trusted-only',
  'workflow-commands',
  'cache',
  'artifact',
  'push',
  'matrix',
] as const;
export type InputName = (typeof INPUTS)[number];

export const OUTPUTS = [
  'status',
  'run-id',
  'results',
  'succeeded',
  'failed',
  'skipped',
  'duration',
  'cost',
  'report',
  'branch',
  'commit',
] as const;
export type OutputName = (typeof OUTPUTS)[number];
