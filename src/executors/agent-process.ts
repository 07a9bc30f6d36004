/** The process of a prompt that an agent of this machine carries out: its call, its prompt on disk, its output on the way. */
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Agent, AgentRequest } from '../agents/agent.js';
import { withPromptFile } from '../agents/custom.js';
import { agentOf } from '../agents/of-prompt.js';
import type { Launch } from '../core/launch.js';
import type { Note } from '../core/note.js';
import type { Prompt } from '../core/plan.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';
import { problemText } from '../core/problem.js';
import { goOnText } from '../sparc/prompt.js';
import { promptOf } from './agent-prompt.js';
import { EventIntake } from './event-intake.js';
import { resultToRead } from './log-end.js';
import { LogFile } from './log-file.js';
import { type Intake, PipedSink } from './piped-sink.js';
import type { Preparation, WorkingAgent } from './preparation.js';
import type { Sink } from './sink.js';
import { SpoolSink } from './spool-sink.js';
import { inState } from './state-files.js';

export interface AgentProcess {
  readonly work: Prompt;
  readonly launch: Launch;
  readonly files: AttemptFiles;
  readonly notes: readonly Note[];
  /** Secrets, which no file may hold. */
  readonly forms: readonly Buffer[];
  readonly filesOf: (attempt: AttemptRef) => AttemptFiles;
}

export function agentProcess({ work, launch, files, notes, forms, filesOf }: AgentProcess): Preparation {
  const agent = agentOf(work);
  if (agent === undefined)
    return impossible(
      `the plan names no agent for the prompt that this batchtool knows (${work.agent ?? 'none'})`,
    );
  const session = agent.goesOn ? launch.session : undefined;
  const how = howCalled(work);
  const context = existsSync(files.context) ? readable(agent, files.context, launch) : {};
  const prompt =
    session === undefined
      ? promptOf(work, launch, {
          ...{ notes, mentions: agent.mentions, rights: agent.rights(how), ...context },
          resultOf: (entry) => resultToRead(filesOf(entry)).toString(),
        })
      : goOnText(context.folder);
  if (prompt.includes('\0'))
    return impossible('the prompt holds a NUL character, which no process can be given');
  const maxCostUsd = launch.allowance?.costUsd;
  const called = agent.call({
    prompt,
    ...how,
    ...context,
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(session === undefined ? {} : { session }),
  });
  if (!called.ok) return impossible(called.problems.map(problemText).join('; '));
  const { argv, env, stdin } = withPromptFile(called.value, files.prompt);
  const [file = '', ...args] = argv;
  const working: WorkingAgent = { name: agent.name, reader: agent.reader(), onOver: () => undefined };
  const sink = inState(files.log, () => {
    // Kept in any case: what an agent was told explains what it did.
    writeFileSync(files.prompt, prompt, { mode: 0o600 });
    return sinkOf(working, files, forms, stdin === undefined ? undefined : openSync(files.prompt, 'r'));
  });
  return { kind: 'ready', file, args, env, sink, agent: working };
}

function sinkOf(
  working: WorkingAgent,
  files: AttemptFiles,
  forms: readonly Buffer[],
  input: number | undefined,
): Sink {
  const { reader } = working;
  const read = (line: string): string => {
    if (line === '') {
      reader.blank?.();
      return '';
    }
    const readable = reader.line(line);
    if (reader.isOver) working.onOver();
    return readable;
  };
  const raw = new LogFile(files.raw);
  const intake = (stream: string): Intake =>
    new EventIntake(stream === 'stdout' ? raw : undefined, forms, read);
  // Windows does not let go of the name of an open file.
  return process.platform === 'win32'
    ? new PipedSink({ log: files.log, input, intake })
    : new SpoolSink({ log: files.log, spool: files.raw, input, intake });
}

/** The folder with the context, unless the agent would be refused what lies outside of its own. */
function readable(
  { opensFolders }: Agent,
  folder: string,
  { cwd, taskCwd = '.' }: Launch,
): Pick<AgentRequest, 'folder'> {
  const isInside = !relative(resolve(cwd, taskCwd), folder).startsWith('..');
  return opensFolders || isInside ? { folder } : {};
}

function howCalled({ model, permission, args }: Prompt): Omit<AgentRequest, 'prompt'> {
  return {
    ...(model === undefined ? {} : { model }),
    ...(permission === undefined ? {} : { permission }),
    ...(args === undefined ? {} : { extraArguments: args }),
  };
}

function impossible(message: string): Preparation {
  return { kind: 'impossible', message };
}
