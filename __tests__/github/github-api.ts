/**
 * A stand-in for GitHub's API on this machine, as far as the action asks it: comments in pages, permissions, who the
 * token is. A test may script answers, which come before all others.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';

export const REPOSITORY = 'org/repo';
export const JOB_LOGIN = 'github-actions[bot]';

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  body: string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

export interface Scripted {
  /** Of `METHOD /path`. */
  readonly to: RegExp;
  /** How often; for ever if it is not said. */
  times?: number;
  /** Nothing is answered at all. */
  readonly hangs?: true;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  /** What was asked is done, whatever the answer says. */
  readonly isDone?: true;
}

export class GitHubApi {
  readonly comments: Comment[] = [];
  readonly asked: Asked[] = [];
  /** Of people; an app is none. */
  readonly permissions: Record<string, string> = {};
  readonly scripted: Scripted[] = [];
  /** Whom the token belongs to. */
  login = JOB_LOGIN;
  kind: 'app' | 'user' = 'app';
  private readonly server: Server;
  private nextId = 1000;

  constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Puts a comment there. */
  add(author: string, body: string, issue = 7): Comment {
    const comment = { id: this.nextId++, issue, author, body };
    this.comments.push(comment);
    return comment;
  }

  /** `METHOD /path` of all that was asked. */
  requests(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    this.asked.push({ method, path: url, authorization: headers.authorization });
    const body =
      chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as { body?: string });
    const script = this.scripted.find(({ to, times }) => times !== 0 && to.test(`${method} ${url}`));
    if (script?.times !== undefined) script.times--;
    if (script?.hangs === true) return;
    if (script !== undefined) {
      if (script.isDone === true) this.answer(method, url, body);
      const { status = 200, message = 'as scripted' } = script;
      return send(response, status, { message }, script.headers);
    }
    const { status, content, link } = this.answer(method, url, body);
    send(response, status, content, link === undefined ? {} : { link });
  }

  private answer(method: string, url: string, { body = '' }: { body?: string }): Answered {
    const { pathname, searchParams } = new URL(url, 'http://api');
    const [, issue] = /^\/repos\/org\/repo\/issues\/(\d+)\/comments$/.exec(pathname) ?? [];
    if (issue !== undefined && method === 'GET') return this.list(Number(issue), pathname, searchParams);
    if (issue !== undefined && method === 'POST')
      return { status: 201, content: shown(this.add(this.login, body, Number(issue))) };
    const [, id] = /^\/repos\/org\/repo\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
    const comment = this.comments.find((one) => String(one.id) === id);
    if (comment !== undefined && method === 'PATCH') {
      comment.body = body;
      return { status: 200, content: shown(comment) };
    }
    const [, who = ''] = /^\/repos\/org\/repo\/collaborators\/([^/]+)\/permission$/.exec(pathname) ?? [];
    const permission = this.permissions[decodeURIComponent(who)];
    if (permission !== undefined) return { status: 200, content: { permission } };
    if (pathname === '/graphql') return { status: 200, content: { data: { viewer: { login: this.login } } } };
    if (pathname === '/user' && this.kind === 'user') return { status: 200, content: { login: this.login } };
    if (pathname === '/user')
      return { status: 403, content: { message: 'Resource not accessible by integration' } };
    return { status: 404, content: { message: 'Not Found' } };
  }

  private list(issue: number, pathname: string, search: URLSearchParams): Answered {
    const [size, page] = [Number(search.get('per_page') ?? 30), Number(search.get('page') ?? 1)];
    const all = this.comments.filter((comment) => comment.issue === issue);
    const content = all.slice((page - 1) * size, page * size).map(shown);
    const next = `<${this.url}${pathname}?per_page=${size}&page=${page + 1}>; rel="next"`;
    return { status: 200, content, ...(page * size < all.length ? { link: next } : {}) };
  }
}

interface Answered {
  readonly status: number;
  readonly content: unknown;
  readonly link?: string;
}

function shown({ id, body, author }: Comment) {
  return { id, body, user: { login: author, type: author.endsWith('[bot]') ? 'Bot' : 'User' } };
}

function send(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(content));
}

/** Each call gives a stand-in of its own, which is gone after the test. */
export function useGitHubApi(): () => Promise<GitHubApi> {
  const made: GitHubApi[] = [];
  afterEach(async () => {
    for (const api of made.splice(0)) await api.close();
  });
  return async () => {
    const api = new GitHubApi();
    made.push(api);
    await api.open();
    return api;
  };
}
