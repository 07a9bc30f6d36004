/** OpenAI's responses, as codex speaks them: `POST /responses`, answered by server-sent events. */
import { type Asked, type Dialect, list, member, offered, type Spoken, textOf, USAGE } from './answer.js';

export const responses: Dialect = {
  path: /^(\/v1)?\/responses$/,
  read: (body) => {
    const items = list(member(body, 'input'));
    return {
      prompt: items
        .filter((item) => member(item, 'role') === 'user')
        .map((item) => textOf(member(item, 'content')))
        .join('\n'),
      tools: list(member(body, 'tools')).map((tool) => String(member(tool, 'name') ?? member(tool, 'type'))),
      isAside: false,
      results: items
        .filter((item) => /_call_output$/.test(String(member(item, 'type'))))
        .map((item) => textOf(member(item, 'output'))),
    };
  },
  speak: (answer, asked) => [
    event('response.created', { response: { id: 'resp_stand_in' } }),
    ...(answer.kind === 'say'
      ? said(answer.text)
      : [event('response.output_item.done', { item: call(answer, asked) })]),
    event('response.completed', {
      response: {
        id: 'resp_stand_in',
        usage: {
          input_tokens: USAGE.input,
          input_tokens_details: { cached_tokens: USAGE.cached },
          output_tokens: USAGE.output,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: USAGE.input + USAGE.output,
        },
      },
    }),
  ],
  refusal: (_status, code, message) => ({
    error: { message, type: code ?? 'error', code: code ?? null, param: null },
  }),
};

function said(text: string): string[] {
  const item = { type: 'message', role: 'assistant', id: 'msg_stand_in' };
  return [
    event('response.output_item.added', { item: { ...item, content: [] } }),
    event('response.output_text.delta', { delta: text }),
    event('response.output_item.done', { item: { ...item, content: [{ type: 'output_text', text }] } }),
  ];
}

function call(answer: Exclude<Spoken, { kind: 'say' }>, asked: Asked): unknown {
  const command = commandFor(answer);
  const name = offered(asked, ['exec_command', 'shell_command', 'shell']);
  const args =
    name === 'exec_command'
      ? { cmd: command }
      : { command: name === 'shell' ? ['sh', '-c', command] : command };
  return {
    type: 'function_call',
    id: `fc_${asked.results.length}`,
    call_id: `call_${asked.results.length}`,
    name,
    arguments: JSON.stringify(args),
  };
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** It has one tool for all: the shell. */
function commandFor(answer: Exclude<Spoken, { kind: 'say' }>): string {
  switch (answer.kind) {
    case 'write':
      return `printf %s '${answer.content.replaceAll("'", `'\\''`)}' > '${answer.path}'`;
    case 'read':
      return `cat '${answer.path}'`;
    case 'run':
      return answer.command;
  }
}
