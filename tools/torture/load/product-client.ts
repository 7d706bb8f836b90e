import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Context, Fleet } from '../world/fleet';
import { type AnswerBody, type Command, verdictOf } from './command';

export type RawAnswer = {
  readonly status: number;
  readonly body: AnswerBody;
  readonly text: string;
  readonly position: number;
  readonly isReplay: boolean;
};

const ANSWER_MS = 30_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** Well beyond the minute in which every unknown must be settled, so that a failure is measured. */
const GIVE_UP_MS = 240_000;

/** HTTP clients of every service of a fleet. */
export class ProductClient {
  private readonly pools = new Map<string, Pool>();

  constructor(
    private readonly fleet: Pick<Fleet, 'urlOf' | 'token'>,
    private readonly connections = 128,
  ) {}

  /** One request, one answer. Throws when there is none. */
  async request(
    context: Context,
    method: 'DELETE' | 'GET' | 'PATCH' | 'POST',
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RawAnswer> {
    const response = await this.poolOf(context).request({
      method,
      path,
      headers: {
        authorization: `Bearer ${this.fleet.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      body: parsed(text),
      text,
      position: Number(response.headers['ledger-position'] ?? 0),
      isReplay: response.headers['idempotent-replayed'] === 'true',
    };
  }

  /** Sends one command until its outcome is known, always under the same id with the same body. */
  async settle(command: Command): Promise<void> {
    const start = performance.now();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await this.attempt(command);
      if (command.state !== 'open') return;
      if (performance.now() - start > GIVE_UP_MS) return;
      await wait(pause);
    }
  }

  /** One try. Leaves the command open when the answer does not settle it. */
  async attempt(command: Command): Promise<void> {
    command.tries += 1;
    const answer = await this.request(command.context, 'POST', command.path, command.body).catch(
      () => null,
    );
    const verdict = answer === null ? 'unknown' : verdictOf(answer.status, answer.body);
    if (answer === null || verdict === 'unknown' || verdict === 'open') {
      command.unknownSince ??= performance.now();
      command.status = answer?.status ?? 0;
      return;
    }
    command.state = verdict;
    command.status = answer.status;
    command.answer = answer.body;
    command.position = answer.position;
    command.settledAt = performance.now();
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private poolOf(context: Context): Pool {
    const url = this.fleet.urlOf(context);
    const known = this.pools.get(url);
    if (known !== undefined) return known;
    const pool = new Pool(url, {
      connections: this.connections,
      pipelining: 1,
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
      connect: { timeout: 5_000 },
    });
    this.pools.set(url, pool);
    return pool;
  }
}

function parsed(text: string): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return {};
  }
}
