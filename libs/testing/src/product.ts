import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT_NODE, TOKEN_SCOPES, type TokenScope } from '@encaisse/platform/http';
import {
  readSettings,
  type RunningService,
  type ServiceModule,
  startService,
} from '@encaisse/platform/runtime';
import { createTestDatabase } from './postgres-for-tests';

/** An answer as a test looks at it. */
export type Answer<Body = any> = {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
  readonly headers: Headers;
  /** Position told by a command, 0 when none was. */
  readonly position: number;
};

export type CallOptions = {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The product running for a test, with its own database and ports, and a small HTTP client. */
export class Product {
  private constructor(
    readonly service: RunningService,
    readonly token: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(
    modules: readonly ServiceModule[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Product> {
    const database = await createTestDatabase();
    const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-product-'));
    const settings = readSettings({
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      ACQUIRER_TIMEOUT_MS: '400',
      ...environment,
    });
    const service = await startService('all-in-one', modules, settings);
    const token = await tokenFor(service, ROOT_NODE, TOKEN_SCOPES);
    return new Product(service, token, async () => {
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    });
  }

  get url(): string {
    return this.service.url;
  }

  /** A token of a person at a node. */
  tokenAt(nodeId: string, scopes: readonly TokenScope[] = ['read', 'operate']): Promise<string> {
    return tokenFor(this.service, nodeId, scopes);
  }

  get<Body = any>(path: string, options: CallOptions = {}): Promise<Answer<Body>> {
    return this.call('GET', path, undefined, options);
  }

  post<Body = any>(path: string, body: unknown, options: CallOptions = {}): Promise<Answer<Body>> {
    return this.call('POST', path, body, options);
  }

  async call<Body = any>(
    method: string,
    path: string,
    body: unknown,
    { token = this.token, headers = {} }: CallOptions = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: parsed(text) as Body,
      text,
      headers: response.headers,
      position: Number(response.headers.get('ledger-position') ?? 0),
    };
  }

  /** Moves the product's clock; timed jobs due on the way have run when it resolves. */
  async setClock(now: string | null): Promise<void> {
    const answer = await this.post('/dev/clock', { now });
    if (answer.status !== 200) throw new Error(`the clock was not set: ${answer.text}`);
  }

  /** Waits until every read model holds everything recorded so far. */
  async settled(): Promise<void> {
    const { store, projections } = this.service.platform;
    await projections.settle(await store.lastPosition(), 10_000);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.drop();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function tokenFor(service: RunningService, nodeId: string, scopes: readonly TokenScope[]) {
  return service.platform.tokens.issue({
    login: 'camille.durand',
    displayName: 'Camille Durand',
    nodeId,
    environment: 'TEST',
    scopes,
    lifetimeSeconds: 3600,
  });
}

/** A TCP port nobody listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
