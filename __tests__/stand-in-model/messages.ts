/** Anthropic's messages, as claude speaks them: `POST /v1/messages`, answered by server-sent events. */
import { randomUUID } from 'node:crypto';
import { type Asked, type Dialect, list, member, offered, type Spoken, textOf, USAGE } from './answer.js';

export const messages: Dialect = {
  path: /^\/v1\/messages$/,
  read: (body) => {
    const turns = list(member(body, 'messages'));
    const said = turns
      .filter((turn) => member(turn, 'role') === 'user')
      .map((turn) => member(turn, 'content'));
    const parts = said.flatMap((content) => list(content));
    return {
      prompt: said.map(textOf).join('\n'),
      tools: list(member(body, 'tools')).map((tool) => String(member(tool, 'name'))),
      isAside: list(member(body, 'tools')).length === 0,
      results: parts
        .filter((part) => member(part, 'type') === 'tool_result')
        .map((part) => textOf(member(part, 'content'))),
    };
  },
  speak: (answer, asked) => {
    const block = blockOf(answer, asked);
    return [
      event('message_start', {
        message: {
          id: `msg_${randomUUID()}`,
          type: 'message',
          role: 'assistant',
          model: member(asked.body, 'model'),
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: USAGE.input - USAGE.cached,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: USAGE.cached,
            output_tokens: 1,
          },
        },
      }),
      event('content_block_start', { index: 0, content_block: block.empty }),
      ...block.deltas.map((delta) => event('content_block_delta', { index: 0, delta })),
      event('content_block_stop', { index: 0 }),
      event('message_delta', {
        delta: { stop_reason: block.stop, stop_sequence: null },
        usage: { output_tokens: USAGE.output },
      }),
      event('message_stop', {}),
    ];
  },
  refusal: (status, code, message) => ({
    type: 'error',
    error: { type: code ?? KINDS[status] ?? 'api_error', message },
    request_id: 'req_stand_in',
  }),
};

const KINDS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function blockOf(answer: Spoken, asked: Asked): { empty: unknown; deltas: readonly unknown[]; stop: string } {
  if (answer.kind === 'say')
    return {
      empty: { type: 'text', text: '' },
      deltas: [{ type: 'text_delta', text: answer.text }],
      stop: 'end_turn',
    };
  const [name, input] = toolUse(answer, asked);
  return {
    empty: { type: 'tool_use', id: `toolu_${asked.results.length}`, name, input: {} },
    deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }],
    stop: 'tool_use',
  };
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** The tool that the agent offers for it, and what it is given. */
function toolUse(answer: Exclude<Spoken, { kind: 'say' }>, asked: Asked): readonly [string, object] {
  switch (answer.kind) {
    case 'write':
      return [offered(asked, ['Write']), { file_path: answer.path, content: answer.content }];
    case 'read':
      return [offered(asked, ['Read']), { file_path: answer.path }];
    case 'run':
      return [offered(asked, ['Bash']), { command: answer.command, description: 'what was asked for' }];
  }
}
