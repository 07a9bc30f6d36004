/**
 * Stands in for the git of a server, on 127.0.0.1: `git http-backend` over the repositories of a folder, for who has the
 * token of the job.
 */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach } from '@jest/globals';

export interface GitServer {
  readonly url: string;
  /** The header `authorization` of each request; undefined where there was none. */
  readonly authorizations: (string | undefined)[];
}

/** Each call starts a server over a folder with bare repositories, which stops when the test is over. */
export function useGitServer(): (folder: string, token: string) => Promise<GitServer> {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  return async (folder, token) => {
    const authorizations: (string | undefined)[] = [];
    const wanted = `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
    const server = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      if (request.headers.authorization?.toLowerCase() === wanted.toLowerCase())
        void answer(folder, request, response).catch(() => response.destroy());
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, authorizations };
  };
}

/** As a web server calls a program by CGI. */
async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '', 'http://127.0.0.1');
  const child = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(await buffer(request));
  const said = await buffer(child.stdout);
  const end = said.indexOf('\r\n\r\n');
  const headers = Object.fromEntries(
    said
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(/:\s*/, 2) as [string, string]),
  );
  const { Status: status = '200', ...rest } = headers;
  response.writeHead(Number.parseInt(status, 10), rest).end(said.subarray(end + 4));
}
