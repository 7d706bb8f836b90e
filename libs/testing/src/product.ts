import { ROOT_NODE, TOKEN_SCOPES, type TokenScope } from '@encaisse/platform/http';
import type { ServiceModule } from '@encaisse/platform/runtime';
import { startInOneProcess } from './one-process';
import type { RunningForm } from './running-form';
import { startServicesApart } from './services-apart';

const RECENT_EVENTS = 500;

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
  /** Where a client of services apart stands: what it reads next holds all it was told before. */
  private seen = 0;

  private constructor(
    private readonly form: RunningForm,
    readonly token: string,
  ) {}

  /** These modules in this process. */
  static async start(
    modules: readonly ServiceModule[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Product> {
    return Product.of(await startInOneProcess(modules, environment));
  }

  /**
   * The whole product in the form under test: all modules in this process, or with
   * ENCAISSE_FORM=services what `npm run services` runs, each service in its own process over Kafka.
   */
  static async startWhole(
    modules: readonly ServiceModule[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Product> {
    return isApart() ? Product.startApart(environment) : Product.start(modules, environment);
  }

  /** Every service in its own process, or in as many as told. */
  static async startApart(
    environment: Readonly<Record<string, string>> = {},
    copies: Readonly<Record<string, number>> = {},
  ): Promise<Product> {
    return Product.of(await startServicesApart(environment, copies));
  }

  private static async of(form: RunningForm): Promise<Product> {
    return new Product(form, await tokenFor(form, ROOT_NODE, TOKEN_SCOPES));
  }

  get url(): string {
    return this.form.url;
  }

  get store() {
    return this.form.store;
  }

  get database() {
    return this.form.database;
  }

  get tokens() {
    return this.form.tokens;
  }

  /** Where each process answers. */
  get processes(): readonly string[] {
    return this.form.processes();
  }

  get consumers() {
    return this.form.consumers;
  }

  /** The one process of the product; there is none when its services run apart. */
  get service() {
    const { service } = this.form;
    if (service === null) throw new Error('services apart have no single process to look into');
    return service;
  }

  /** A token of a person at a node. */
  tokenAt(nodeId: string, scopes: readonly TokenScope[] = ['read', 'operate']): Promise<string> {
    return tokenFor(this.form, nodeId, scopes);
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
        ...(this.form.service === null ? { 'ledger-position': String(this.seen) } : {}),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const position = Number(response.headers.get('ledger-position') ?? 0);
    this.seen = Math.max(this.seen, position);
    return {
      status: response.status,
      body: parsed(text) as Body,
      text,
      headers: response.headers,
      position,
    };
  }

  /** Kills the process of a service; resolves once it is gone, with its process id. */
  killService(name: string): Promise<number> {
    return this.form.kill(name);
  }

  /** Moves the product's clock; timed jobs due on the way have run when it resolves. */
  async setClock(now: string | null): Promise<void> {
    const answer = await this.post('/dev/clock', { now });
    if (answer.status !== 200) throw new Error(`the clock was not set: ${answer.text}`);
  }

  /** Position of the last business fact: refused calls stand in the action log and change nothing else. */
  async lastFact(): Promise<number> {
    const { store } = this.form;
    const last = await store.lastPosition();
    const after = Math.max(0, last - RECENT_EVENTS);
    const events = await store.readAll({ after, limit: RECENT_EVENTS });
    const facts = events.filter(({ streamId }) => !streamId.startsWith('access.action-'));
    return facts.at(-1)?.position ?? after;
  }

  /** Waits until every read model holds everything recorded so far. */
  settled(): Promise<void> {
    return this.form.settled();
  }

  stop(): Promise<void> {
    return this.form.stop();
  }
}

function isApart(): boolean {
  return process.env['ENCAISSE_FORM'] === 'services';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function tokenFor({ tokens }: RunningForm, nodeId: string, scopes: readonly TokenScope[]) {
  return tokens.issue({
    login: 'camille.durand',
    displayName: 'Camille Durand',
    nodeId,
    environment: 'TEST',
    scopes,
    lifetimeSeconds: 3600,
  });
}
