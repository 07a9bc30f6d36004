/** Where an agent is given the rights that it lacked, as it can be typed. */
import type { Work } from '../core/plan.js';

/** Each as it stands in a plan file or in the settings. */
const RIGHTS: Readonly<Record<string, string>> = {
  claude: '{args: ["--allowedTools=Bash(npm test *)"]}',
  codex: '{permission: danger-full-access}',
  opencode: '{permission: auto}',
  gemini: '{permission: yolo}',
};

/** For a task whose agent wanted something that it may not. */
export function permissionHint(work: Work): string {
  const agent = work.kind === 'prompt' ? work.agent : undefined;
  const rights = agent === undefined || !Object.hasOwn(RIGHTS, agent) ? undefined : RIGHTS[agent];
  if (rights === undefined) return 'give the agent that permission, or word the task so that it needs none';
  return `to permit it, write into the plan file or .batchtool/config.yml, for example: agents: {${agent}: ${rights}}; or word the task so that it needs none`;
}
