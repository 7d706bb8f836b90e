import {
  Client,
  type ClientConfig,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { StoreUnavailable } from '../errors';

/** Plans must not be kept from the days when the table was small: every access goes by an index. */
export const SESSION_SETTINGS =
  'set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; ' +
  "set plan_cache_mode = force_generic_plan; set default_transaction_isolation = 'read committed'";

const OUTAGE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
const OUTAGE_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|not queryable/;

/**
 * Connection failures (08), resources (53), shut-down and start-up (57P), input/output (58) and a
 * server that became read-only (25006, after a failover) are outages; the rest are bugs of ours.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true;
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') {
    return OUTAGE_CODES.has(code) || /^(08|53|57P|58)/.test(code) || code === '25006';
  }
  return OUTAGE_MESSAGES.test(error.message) || error instanceof AggregateError;
}

/** An outage as the port's error, anything else unchanged. */
export function asStoreError(error: unknown): unknown {
  if (!isOutage(error) || error instanceof StoreUnavailable) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreUnavailable(`PostgreSQL does not answer: ${reason}`, { cause: error });
}

/** One connection, made when first used and again after it broke. */
export class PostgresSession {
  private connecting: Promise<Client> | null = null;
  private isClosed = false;

  constructor(
    private readonly config: ClientConfig,
    private readonly onConnect: (client: Client) => Promise<void> = () => Promise.resolve(),
  ) {}

  /** Throws StoreUnavailable when there is no answer; what the statement led to is then unknown. */
  async query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>> {
    try {
      const client = await (this.connecting ??= this.connect());
      return await client.query<Row>(config);
    } catch (error) {
      if (isOutage(error)) this.drop();
      throw asStoreError(error);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const client = await this.connecting?.catch(() => null);
    this.connecting = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    if (this.isClosed) throw new StoreUnavailable('the event store is closed');
    const client = new Client(this.config);
    client.on('error', () => this.drop());
    client.on('end', () => this.drop());
    await client.connect();
    await client.query(SESSION_SETTINGS);
    await this.onConnect(client);
    return client;
  }

  private drop(): void {
    const lost = this.connecting;
    if (lost === null) return;
    this.connecting = null;
    void lost.then((client) => client.end()).catch(() => undefined);
  }
}
