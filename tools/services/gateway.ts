import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { COMMON_PROBLEMS, PROBLEM_TYPE_PREFIX } from '@encaisse/platform/http';
import { type RoutesOf, RouteTable } from './route-table';
import type { ServiceProcess } from './service-process';

/** Answers what no service has a route for, in the product's own way. */
const FALLBACK = 'backoffice';
const BODY_LIMIT = 1024 * 1024;

type Document = RoutesOf & {
  readonly info: { readonly title: string };
  readonly components?: { readonly schemas?: object };
};

/**
 * One address for all the services on this machine, as an ingress gives it elsewhere: each route goes
 * to the service that has it, to its copies in turn.
 */
export class Gateway {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });
  private readonly table = new RouteTable<string>();
  private readonly documents: Document[] = [];
  private turn = 0;
  private readonly server = createServer((incoming, answer) => {
    this.serve(incoming, answer).catch(() => unavailable(answer));
  });

  constructor(private readonly processes: readonly ServiceProcess[]) {}

  /** Learns the routes and listens. Throws when the port is taken. */
  async listen(port: number): Promise<void> {
    for (const process of this.firstCopies()) {
      const answer = await fetch(`${process.url}/api/openapi.json`);
      const document = (await answer.json()) as Document;
      this.table.add(process.name, document);
      this.documents.push(document);
    }
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => resolve());
    });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.agent.destroy();
  }

  private async serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname } = new URL(incoming.url ?? '/', 'http://gateway');
    if (pathname === '/health/ready') return this.tellReadiness(answer);
    if (pathname === '/api/openapi.json') return tell(answer, 200, this.wholeDocument());
    if (pathname === '/api/docs') return this.listDocuments(answer);
    if (pathname === '/dev/clock' && incoming.method === 'POST')
      return this.setClocks(incoming, answer);
    const owner = this.table.ownerOf(incoming.method ?? 'GET', pathname) ?? FALLBACK;
    await this.forward(owner, incoming, answer);
  }

  /** Bodies are taken whole first: a service that refuses one early would otherwise cut the answer off. */
  private async forward(
    owner: string,
    incoming: IncomingMessage,
    answer: ServerResponse,
  ): Promise<void> {
    const body = await readAll(incoming);
    if (body === null) return refuse(answer, 'body-too-large', 'at most 1 MiB is taken');
    const copies = this.processes.filter(
      ({ name, isReady }) => isReady && name.split('#')[0] === owner,
    );
    const target = copies[this.turn++ % Math.max(1, copies.length)];
    if (target === undefined) return unavailable(answer);
    const outgoing = request(
      `${target.url}${incoming.url ?? '/'}`,
      { method: incoming.method, headers: incoming.headers, agent: this.agent },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      },
    );
    outgoing.on('error', () => unavailable(answer));
    outgoing.end(body);
  }

  /** Every service keeps the time of development for itself: each is told, one after the other. */
  private async setClocks(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = (await readAll(incoming)) ?? '';
    const headers = Object.fromEntries(
      ['authorization', 'content-type'].map((name) => [name, String(incoming.headers[name] ?? '')]),
    );
    let jobsRun = 0;
    let last: { readonly status: number; readonly text: string } = { status: 503, text: '{}' };
    for (const { url } of this.processes) {
      const got = await fetch(`${url}/dev/clock`, { method: 'POST', headers, body });
      last = { status: got.status, text: await got.text() };
      if (got.status !== 200) break;
      jobsRun += (JSON.parse(last.text) as { jobsRun: number }).jobsRun;
    }
    const told = JSON.parse(last.text) as object;
    tell(answer, last.status, last.status === 200 ? { ...told, jobsRun } : told);
  }

  private async tellReadiness(answer: ServerResponse): Promise<void> {
    const parts: Record<string, string> = {};
    for (const { name, url } of this.processes) {
      const got = await fetch(`${url}/health/ready`).catch(() => null);
      const { parts: own } = ((await got?.json()) ?? {}) as { parts?: Record<string, string> };
      if (own === undefined) parts[name] = 'down: no answer';
      for (const [part, state] of Object.entries(own ?? {})) parts[`${name}: ${part}`] = state;
    }
    const isReady = !Object.values(parts).some((state) => state.startsWith('down'));
    tell(answer, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', parts });
  }

  private wholeDocument(): object {
    const [first] = this.documents;
    const merged = (pick: (document: Document) => object | undefined) =>
      Object.assign({}, ...this.documents.map((document) => pick(document) ?? {})) as object;
    return {
      ...first,
      info: { ...first?.info, title: 'Encaisse' },
      paths: merged(({ paths }) => paths),
      components: {
        ...first?.components,
        schemas: merged(({ components }) => components?.schemas),
      },
    };
  }

  private listDocuments(answer: ServerResponse): void {
    const links = this.firstCopies()
      .map(({ name, url }) => `<li><a href="${url}/api/docs">${name}</a></li>`)
      .join('');
    answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    answer.end(
      `<!doctype html><title>Encaisse</title><h1>API of each service</h1><ul>${links}</ul>`,
    );
  }

  private firstCopies(): readonly ServiceProcess[] {
    return this.processes.filter(({ name }) => !name.includes('#'));
  }
}

/** The whole body; null when it is longer than any service takes. It is read to its end all the same. */
async function readAll(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += (chunk as Buffer).length;
    if (length <= BODY_LIMIT) chunks.push(chunk as Buffer);
  }
  return length > BODY_LIMIT ? null : Buffer.concat(chunks);
}

function tell(answer: ServerResponse, status: number, body: object): void {
  const type = 'code' in body ? 'application/problem+json' : 'application/json';
  answer.writeHead(status, { 'content-type': type });
  answer.end(JSON.stringify(body));
}

function unavailable(answer: ServerResponse): void {
  if (!answer.headersSent) answer.setHeader('retry-after', '1');
  const detail = 'the service that answers this route is not running right now; try again';
  refuse(answer, 'unavailable', detail);
}

function refuse(
  answer: ServerResponse,
  code: 'unavailable' | 'body-too-large',
  detail: string,
): void {
  if (answer.headersSent) return void answer.destroy();
  const { status, title } = COMMON_PROBLEMS[code];
  tell(answer, status, { type: `${PROBLEM_TYPE_PREFIX}${code}`, title, status, code, detail });
}
