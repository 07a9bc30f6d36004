/**
 * A stand-in for the API of a model: it listens on loopback alone, answers as it was told, and keeps what it was asked.
 * It is also the proxy for all other hosts, which it refuses, so that it knows whom else an agent wanted to talk to.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Answer, Asked, Dialect } from './answer.js';
import { chat } from './chat.js';
import { gemini } from './gemini.js';
import { messages } from './messages.js';
import { responses } from './responses.js';

const DIALECTS: readonly Dialect[] = [messages, responses, chat, gemini];

/** What to answer to a request of an agent, now or later; `number` counts those from 0. */
export type Script = (asked: Asked, number: number) => Answer | Promise<Answer>;

/** These answers one after the other, the last one from then on. */
export function inOrder(...answers: readonly Answer[]): Script {
  return (_asked, number) => answers[Math.min(number, answers.length - 1)] as Answer;
}

export class StandInModel {
  /** Requests for an answer, in the order in which they came. */
  readonly asked: Asked[] = [];
  /** `METHOD /path` of all other requests, with the host where it is not this one. */
  readonly others: string[] = [];
  /** What went wrong here; a test that sees any of it says nothing about agents. */
  readonly faults: string[] = [];
  private script: Script = inOrder({ kind: 'say', text: 'Done.' });
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      this.receive(request, response).catch((error: unknown) => {
        this.faults.push(String(error));
        response.destroy();
      });
    });
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      this.others.push(`CONNECT ${request.url}`);
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
  }

  static start(): Promise<StandInModel> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(new StandInModel(server)));
    });
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on it answers like this, and what it was asked before is forgotten. */
  play(script: Script): void {
    this.script = script;
    this.asked.length = 0;
    this.others.length = 0;
    this.faults.length = 0;
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(/\?.*/, '');
    const line = `${request.method} ${path}`;
    const text = await bodyOf(request);
    const dialect = request.method === 'POST' ? DIALECTS.find((each) => each.path.test(path)) : undefined;
    if (dialect === undefined) {
      this.others.push(line);
      sendJson(response, path.endsWith('/count_tokens') ? 200 : 404, { input_tokens: 10 });
      return;
    }
    const body: unknown = JSON.parse(text);
    const asked: Asked = { line, headers: request.headers, body, ...dialect.read(body) };
    await this.answer(asked, dialect, response);
  }

  private async answer(asked: Asked, dialect: Dialect, response: ServerResponse): Promise<void> {
    if (asked.isAside) {
      this.others.push(asked.line);
      stream(response, dialect.speak({ kind: 'say', text: 'A title' }, asked), 'end');
      return;
    }
    const number = this.asked.push(asked) - 1;
    const answer = await this.script(asked, number);
    if (answer.kind === 'refuse') {
      const { status, code, message = `refused with ${status}`, headers = {} } = answer;
      sendJson(response, status, dialect.refusal(status, code, message), headers);
    } else if (answer.kind === 'cut' || answer.kind === 'hang') {
      const events = dialect.speak({ kind: 'say', text: 'Only half of this' }, asked);
      stream(response, events.slice(0, Math.ceil(events.length / 2)), answer.kind);
    } else {
      stream(response, dialect.speak(answer, asked), 'end');
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function stream(response: ServerResponse, events: readonly string[], then: 'end' | 'cut' | 'hang'): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(events.join(''), () => {
    if (then === 'end') response.end();
    else if (then === 'cut') response.destroy();
  });
}
