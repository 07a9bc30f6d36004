/**
 * Stands in for the services of GitHub that keep caches and artifacts, on 127.0.0.1: twirp calls with JSON, and blobs that are
 * put and fetched. It follows the rules of caches: an entry never changes; an exact name is looked for first, then the newest
 * that begins with one of the others.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text as textOf } from 'node:stream/consumers';
import { inflateRawSync } from 'node:zlib';
import { afterEach } from '@jest/globals';

/** A part of the services; `blob` is where bytes are put and fetched. */
export type Part =
  | 'CreateCacheEntry'
  | 'FinalizeCacheEntryUpload'
  | 'GetCacheEntryDownloadURL'
  | 'CreateArtifact'
  | 'FinalizeArtifact'
  | 'blob';

/** What it does instead of its work. `endless` is a blob without an end. */
export type Trouble = 'hang' | 'endless' | { readonly status: number; readonly message?: string };

export interface Entry {
  readonly key: string;
  readonly version: string;
  bytes: Buffer;
}

export interface Artifact {
  readonly name: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  bytes: Buffer;
}

type Body = Readonly<Record<string, unknown>>;

export class Services {
  readonly entries: Entry[] = [];
  readonly artifacts: Artifact[] = [];
  /** Calls in their order, by part. */
  readonly calls: Part[] = [];
  readonly trouble = new Map<Part, Trouble>();
  private readonly blobs = new Map<string, Buffer>();
  private readonly waiting = new Map<string, Entry>();
  private readonly server = createServer((request, response) => {
    void this.answer(request, response).catch(() => response.destroy());
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** What a runner tells a step of an action so that it finds them. */
  get env(): Record<string, string> {
    return { ...ENV, ACTIONS_RESULTS_URL: this.url };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    const method = url.pathname.split('/').at(-1) as Part;
    const part = url.pathname.startsWith('/twirp/') ? method : 'blob';
    this.calls.push(part);
    const trouble = this.trouble.get(part);
    if (trouble === 'hang') return;
    if (trouble === 'endless') return endless(response);
    if (trouble !== undefined) return send(response, trouble.status, { msg: trouble.message ?? 'broken' });
    if (part === 'blob') return this.blob(request, response, url);
    send(response, 200, this.call(part, JSON.parse(await textOf(request)) as Body));
  }

  private call(part: Exclude<Part, 'blob'>, body: Body): unknown {
    switch (part) {
      case 'CreateCacheEntry':
        return this.createEntry(body);
      case 'FinalizeCacheEntryUpload':
        return this.finalizeEntry(body);
      case 'GetCacheEntryDownloadURL':
        return this.findEntry(body);
      case 'CreateArtifact':
        this.artifacts.push({
          name: String(body.name),
          expiresAt: String(body.expires_at),
          bytes: Buffer.of(),
        });
        return { ok: true, signed_upload_url: this.blobUrl(`artifact-${this.artifacts.length - 1}`) };
      case 'FinalizeArtifact':
        return this.finalizeArtifact(body);
    }
  }

  private finalizeArtifact(body: Body): unknown {
    const at = this.artifacts.findIndex(({ name }) => name === body.name);
    const [artifact, bytes] = [this.artifacts[at], this.blobs.get(`artifact-${at}`)];
    if (artifact === undefined || bytes === undefined) return { ok: false };
    artifact.bytes = bytes;
    return { ok: true, artifact_id: String(at + 1) };
  }

  private createEntry(body: Body): unknown {
    const [key, version] = [String(body.key), String(body.version)];
    if (this.entries.some((entry) => entry.key === key && entry.version === version))
      return { ok: false, message: 'cache entry with the same key, version, and scope already exists' };
    const name = `cache-${this.waiting.size}`;
    this.waiting.set(name, { key, version, bytes: Buffer.of() });
    return { ok: true, signed_upload_url: this.blobUrl(name) };
  }

  private finalizeEntry({ key }: Body): unknown {
    const [name = '', entry] = [...this.waiting].find(([, each]) => each.key === key) ?? [];
    const bytes = this.blobs.get(name);
    if (entry === undefined || bytes === undefined) return { ok: false };
    entry.bytes = bytes;
    this.entries.push(entry);
    return { ok: true, entry_id: String(this.entries.length) };
  }

  private findEntry({ key, version, restore_keys: others }: Body): unknown {
    const ours = this.entries.filter((entry) => entry.version === version).reverse();
    const found = [
      ours.find((entry) => entry.key === key),
      ...((others as string[] | undefined) ?? []).map((prefix) =>
        ours.find((entry) => entry.key.startsWith(prefix)),
      ),
    ].find((entry) => entry !== undefined);
    if (found === undefined) return { ok: false };
    const name = `fetched-${this.entries.indexOf(found)}`;
    this.blobs.set(name, found.bytes);
    return { ok: true, signed_download_url: this.blobUrl(name), matched_key: found.key };
  }

  private blobUrl(name: string): string {
    return `${this.url}blobs/${name}?sig=secret-signature`;
  }

  /** Azure's: a block blob that comes at once, or in blocks that a list puts together. */
  private async blob(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const name = url.pathname.split('/').at(-1) as string;
    if (request.method === 'PUT') {
      this.put(name, url.searchParams, await buffer(request));
      response.writeHead(201, { etag: '"1"', 'last-modified': new Date().toUTCString() }).end();
      return;
    }
    const bytes = this.blobs.get(name);
    response.writeHead(bytes === undefined ? 404 : 200, { 'content-length': bytes?.length ?? 0 });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  private put(name: string, parameters: URLSearchParams, bytes: Buffer): void {
    const blockId = parameters.get('blockid');
    if (blockId !== null) this.blobs.set(`${name}/${blockId}`, bytes);
    else if (parameters.get('comp') === 'blocklist') {
      const ids = [...bytes.toString().matchAll(/<Latest>(.*?)<\/Latest>/g)].map(([, id]) => id);
      this.blobs.set(name, Buffer.concat(ids.map((id) => this.blobs.get(`${name}/${id}`) as Buffer)));
    } else this.blobs.set(name, bytes);
  }
}

/** Each call starts services that stop when the test is over. */
export function useServices(): () => Promise<Services> {
  const started: Services[] = [];
  afterEach(async () => {
    for (const services of started.splice(0)) await services.stop();
  });
  return async () => {
    const services = new Services();
    started.push(services);
    await services.start();
    return services;
  };
}

/** Of the job that a token of the runner speaks for. */
const CLAIMS = {
  scp: 'Actions.Results:ce7f54c7-61c7-4aae-887f-30da475f5f1a:ca395085-040a-526b-2ce8-bdc85f692774',
};

const ENV = {
  ACTIONS_CACHE_SERVICE_V2: '1',
  ACTIONS_RUNTIME_TOKEN: `e30.${Buffer.from(JSON.stringify(CLAIMS)).toString('base64url')}.sig`,
};

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function endless(response: ServerResponse): void {
  response.writeHead(200);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

/** The files of a zip by their names. */
export function readZip(zip: Buffer): Map<string, string> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [size, nameLength, extra, comment] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const header = zip.readUInt32LE(at + 42);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    files.set(name, inflateRawSync(zip.subarray(start, start + size)).toString());
    at += 46 + nameLength + extra + comment;
  }
  return files;
}
