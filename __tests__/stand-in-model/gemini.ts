/** Google's content generation, as gemini speaks it: `POST …:streamGenerateContent?alt=sse`. */
import { type Asked, type Dialect, list, member, offered, type Spoken, textOf, USAGE } from './answer.js';

export const gemini: Dialect = {
  path: /^\/.*:streamGenerateContent$/,
  read: (body) => {
    const turns = list(member(body, 'contents'));
    const parts = turns
      .filter((turn) => member(turn, 'role') === 'user')
      .flatMap((turn) => list(member(turn, 'parts')));
    return {
      prompt: textOf(parts),
      tools: list(member(body, 'tools'))
        .flatMap((tool) => list(member(tool, 'functionDeclarations')))
        .map((tool) => String(member(tool, 'name'))),
      isAside: list(member(body, 'tools')).length === 0,
      results: parts
        .map((part) => member(part, 'functionResponse'))
        .filter((result) => result !== undefined)
        .map((result) => JSON.stringify(member(result, 'response'))),
    };
  },
  speak: (answer, asked) => [
    chunk({ content: { role: 'model', parts: [partOf(answer, asked)] }, index: 0 }, {}),
    chunk(
      { content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP', index: 0 },
      {
        usageMetadata: {
          promptTokenCount: USAGE.input,
          cachedContentTokenCount: USAGE.cached,
          candidatesTokenCount: USAGE.output,
          totalTokenCount: USAGE.input + USAGE.output,
        },
      },
    ),
  ],
  refusal: (status, code, message) => ({ error: { code: status, message, status: code ?? 'UNKNOWN' } }),
};

const chunk = (candidate: object, more: object): string =>
  `data: ${JSON.stringify({ candidates: [candidate], modelVersion: 'stand-in', ...more })}\r\n\r\n`;

function partOf(answer: Spoken, asked: Asked): object {
  if (answer.kind === 'say') return { text: answer.text };
  const [name, args] = toolUse(answer, asked);
  return { functionCall: { name, args } };
}

/** The tool that the agent offers for it, and what it is given. */
function toolUse(answer: Exclude<Spoken, { kind: 'say' }>, asked: Asked): readonly [string, object] {
  switch (answer.kind) {
    case 'write':
      return [offered(asked, ['write_file']), { file_path: answer.path, content: answer.content }];
    case 'read':
      return [offered(asked, ['read_file']), { file_path: answer.path }];
    case 'run':
      return [offered(asked, ['run_shell_command']), { command: answer.command }];
  }
}
