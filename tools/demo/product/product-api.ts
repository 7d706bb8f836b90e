import { errors, Pool } from 'undici';
import { DemoFailure, ProductGone } from '../demo-failure';

/** An answer of the product. */
export type Answer = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** True when the product had done this before under the same id. */
  readonly isReplay: boolean;
};

const CONNECTIONS = 16;
const ANSWER_MILLIS = 120_000;
/** Each waits five seconds for its read model before it gives up. */
const READ_TRIES = 6;
const GONE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** The product's public HTTP API, over connections that are kept. */
export class ProductApi {
  private readonly pool: Pool;
  /** The last position a command answered: reads wait for it. */
  private position = 0;

  constructor(
    readonly url: string,
    private readonly token: string,
  ) {
    this.pool = new Pool(url, {
      connections: CONNECTIONS,
      headersTimeout: ANSWER_MILLIS,
      bodyTimeout: ANSWER_MILLIS,
    });
  }

  /** Reads what must be there. Waits for what this client has written (`Ledger-Position`). */
  async get(path: string): Promise<unknown> {
    const found = await this.find(path);
    if (found === null) throw new DemoFailure(`GET ${path} : 404`);
    return found;
  }

  /** Reads what may be missing: null for 404. A read model that is late is asked again. */
  async find(path: string): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      const { status, body } = await this.call('GET', path);
      if (status === 200) return body;
      if (status === 404) return null;
      if (status !== 503 || attempt === READ_TRIES)
        throw new DemoFailure(`GET ${path} : ${problemOf(status, body)}`);
    }
  }

  post(path: string, body: object): Promise<Answer> {
    return this.call('POST', path, body);
  }

  /** A command that has no reason to be refused. */
  async command(path: string, body: object): Promise<Answer> {
    const answer = await this.post(path, body);
    if (answer.status < 300) return answer;
    throw new DemoFailure(`POST ${path} : ${problemOf(answer.status, answer.body)}`);
  }

  /** Sets the product's clock, or releases it. Returns how many evenings and other jobs were served. */
  async setClock(now: string | null): Promise<number> {
    const { body } = await this.command('/dev/clock', { now });
    return Number(body['jobsRun'] ?? 0);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    try {
      const response = await this.pool.request({
        method,
        path,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body === undefined
            ? { 'ledger-position': String(this.position) }
            : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.body.text();
      const position = Number(response.headers['ledger-position'] ?? 0);
      this.position = Math.max(this.position, position);
      const isReplay = response.headers['idempotent-replayed'] === 'true';
      return { status: response.statusCode, body: parsed(text), isReplay };
    } catch (error) {
      throw isGone(error)
        ? new ProductGone(`${method} ${path} : ${(error as Error).message}`)
        : error;
    }
  }
}

/** One line about a refused request. */
export function problemOf(status: number, body: object): string {
  const { type, detail } = body as { type?: string; detail?: string };
  return `${status} ${type ?? ''} ${detail ?? ''}`.trim();
}

function isGone(error: unknown): boolean {
  if (error instanceof errors.ClientDestroyedError) return true;
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return GONE.has(code ?? '') || GONE.has(cause?.code ?? '');
}

/** The object of an answer; an empty one when it holds none. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
