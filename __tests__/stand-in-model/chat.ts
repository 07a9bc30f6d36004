/** Chat completions, as opencode speaks them to a provider of its user: `POST /chat/completions`, answered in chunks. */
import { type Asked, type Dialect, list, member, offered, type Spoken, textOf, USAGE } from './answer.js';

export const chat: Dialect = {
  path: /^(\/v1)?\/chat\/completions$/,
  read: (body) => {
    const turns = list(member(body, 'messages'));
    const by = (role: string) =>
      turns.filter((turn) => member(turn, 'role') === role).map((turn) => textOf(member(turn, 'content')));
    return {
      prompt: by('user').join('\n'),
      tools: list(member(body, 'tools')).map((tool) => String(member(member(tool, 'function'), 'name'))),
      isAside: list(member(body, 'tools')).length === 0,
      results: by('tool'),
    };
  },
  speak: (answer, asked) => [
    chunk(deltaOf(answer, asked), null),
    chunk({}, answer.kind === 'say' ? 'stop' : 'tool_calls'),
    `data: ${JSON.stringify({
      ...CHUNK,
      choices: [],
      usage: {
        prompt_tokens: USAGE.input,
        prompt_tokens_details: { cached_tokens: USAGE.cached },
        completion_tokens: USAGE.output,
        total_tokens: USAGE.input + USAGE.output,
      },
    })}\n\n`,
    'data: [DONE]\n\n',
  ],
  refusal: (_status, code, message) => ({ error: { message, type: code ?? 'error', code: code ?? null } }),
};

const CHUNK = {
  id: 'chat_stand_in',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'stand-in',
};

const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

function deltaOf(answer: Spoken, asked: Asked): object {
  if (answer.kind === 'say') return { role: 'assistant', content: answer.text };
  const [name, input] = toolUse(answer, asked);
  const call = { name, arguments: JSON.stringify(input) };
  return {
    role: 'assistant',
    tool_calls: [{ index: 0, id: `call_${asked.results.length}`, type: 'function', function: call }],
  };
}

/** The tool that the agent offers for it, and what it is given. */
function toolUse(answer: Exclude<Spoken, { kind: 'say' }>, asked: Asked): readonly [string, object] {
  switch (answer.kind) {
    case 'write':
      return [offered(asked, ['write']), { filePath: answer.path, content: answer.content }];
    case 'read':
      return [offered(asked, ['read']), { filePath: answer.path }];
    case 'run':
      return [offered(asked, ['bash']), { command: answer.command, description: 'what was asked for' }];
  }
}
