import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A fault that the server has for the next request that it is asked about; says nothing about the others. */
export interface Fault {
  readonly method: string;
  /** Part of the object's name. */
  readonly name: string;
  readonly kind: 'status-500' | 'slow' | 'broken-off' | 'no-conditions';
  /** How many requests it befalls. */
  times: number;
}

/** As much of S3 as an object store needs, in memory: PUT (also If-None-Match), GET, HEAD, DELETE, list; signatures are not looked at. */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  readonly faults: Fault[] = [];
  readonly requests: string[] = [];
  /** Of a slow answer. */
  milliseconds = 1_500;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<S3Server> {
    const server = createServer();
    const self = new S3Server(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void self.answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return self;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const url = new URL(request.url ?? '/', 'http://any');
    const name = decodeURIComponent(url.pathname).slice(1);
    const method = request.method ?? '';
    this.requests.push(`${method} ${name}`);
    const fault = this.faults.find(
      (one) => one.method === method && name.includes(one.name) && one.times > 0,
    );
    if (fault !== undefined) fault.times--;
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, this.milliseconds));
    if (fault?.kind === 'status-500') response.writeHead(500).end(code('InternalError'));
    else if (fault?.kind === 'no-conditions') response.writeHead(501).end(code('NotImplemented'));
    else if (method === 'PUT') this.put(name, Buffer.concat(pieces), request, response);
    else if (method === 'DELETE') {
      this.objects.delete(name);
      response.writeHead(204).end();
    } else if (url.searchParams.has('list-type'))
      this.list(name, url.searchParams.get('prefix') ?? '', response);
    else this.get(name, method, fault?.kind === 'broken-off', response);
  }

  private put(name: string, content: Buffer, request: IncomingMessage, response: ServerResponse): void {
    if (request.headers['if-none-match'] === '*' && this.objects.has(name))
      response.writeHead(412).end(code('PreconditionFailed'));
    else {
      this.objects.set(name, content);
      response.writeHead(200, { etag: '"any"' }).end();
    }
  }

  private get(name: string, method: string, breaksOff: boolean, response: ServerResponse): void {
    const content = this.objects.get(name);
    if (content === undefined) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end(method === 'HEAD' ? undefined : code('NoSuchKey'));
      return;
    }
    response.writeHead(200, { 'content-length': content.length, etag: '"any"' });
    if (method === 'HEAD') response.end();
    else if (breaksOff) {
      response.write(content.subarray(0, content.length >> 1), () => response.destroy());
    } else response.end(content);
  }

  private list(bucket: string, prefix: string, response: ServerResponse): void {
    const begin = `${bucket.replace(/\/$/, '')}/`;
    const names = [...this.objects.keys()].filter((name) => name.startsWith(`${begin}${prefix}`));
    const contents = names
      .map((name) => `<Contents><Key>${name.slice(begin.length)}</Key></Contents>`)
      .join('');
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`);
  }
}

function code(name: string): string {
  return `<?xml version="1.0"?><Error><Code>${name}</Code><Message>${name}</Message></Error>`;
}
