import type { Client, ClientConfig, QueryConfig, QueryResult } from 'pg';
import type { Position } from '../event-store';
import { PositionSignal } from '../position-signal';
import type { AddedEvent } from './batch-writer';
import { EventRing } from './event-ring';
import type { OutageReport } from './outage-report';
import { PostgresSession } from './postgres-session';

const CHANNEL = 'event_store_appended';
const NOTIFY_INTERVAL_MS = 20;
/**
 * A notification takes a transaction number, so that its commit would wait for the disk, before the
 * appends that come after it. Nothing is kept of it: a crash of the server loses the listeners too.
 */
const NO_DISK_WAIT = 'set synchronous_commit = off';
/** Finds what a lost notification did not tell. */
const SAFETY_POLL_MS = 1_000;

/**
 * The end of the log as this process knows it: told by its own appends at once, by those of other
 * processes through LISTEN, and by a slow poll should a notification get lost. Notifications are sent
 * outside the append's transaction, because committing one takes a lock on the whole server.
 */
export class LogTail {
  readonly ring = new EventRing();
  private readonly signal = new PositionSignal();
  private readonly session: PostgresSession;
  private poll: NodeJS.Timeout | null = null;
  private pacing: NodeJS.Timeout | null = null;
  private isClosed = false;
  private turn: Promise<unknown> = Promise.resolve();
  private announced: Position = 0;
  private newest: Position = 0;

  constructor(
    config: ClientConfig,
    private readonly outage: OutageReport,
  ) {
    this.session = new PostgresSession(config, (client) => this.listen(client));
  }

  /** What this process just committed. */
  appended(events: readonly AddedEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    // Kept only for somebody: what is held and then let go is what costs most at full speed.
    if (this.poll !== null) this.ring.offer(events);
    this.newest = Math.max(this.newest, last.position);
    this.signal.advance(last.position);
    if (this.pacing === null) this.announce();
  }

  /** Resolves once the log is known to reach beyond a position, or when the signal is aborted. */
  async beyond(position: Position, signal: AbortSignal): Promise<void> {
    this.startPolling();
    await this.signal.beyond(position, signal);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.poll !== null) clearInterval(this.poll);
    if (this.pacing !== null) clearTimeout(this.pacing);
    if (this.newest > this.announced) await this.sendNotification(this.newest);
    await this.session.close();
  }

  private async listen(client: Client): Promise<void> {
    client.on('notification', ({ payload }) => this.signal.advance(Number(payload)));
    await client.query(`${NO_DISK_WAIT}; listen ${CHANNEL}`);
  }

  /** At once when nothing was announced lately, then at most once per interval. */
  private announce(): void {
    if (this.newest === this.announced || this.isClosed) return;
    this.announced = this.newest;
    void this.sendNotification(this.newest);
    this.pacing = setTimeout(() => {
      this.pacing = null;
      this.announce();
    }, NOTIFY_INTERVAL_MS);
    this.pacing.unref();
  }

  /** A notification that cannot be sent is made good by the listeners' poll. */
  private async sendNotification(position: Position): Promise<void> {
    await this.inTurn({
      name: 'event-store-notify',
      text: 'select pg_notify($1, $2)',
      values: [CHANNEL, String(position)],
    });
  }

  /** One statement after the other on the one connection; null during an outage. */
  private inTurn(config: QueryConfig): Promise<QueryResult<{ position: string }> | null> {
    const answer = this.turn.then(() =>
      this.session.query<{ position: string }>(config).catch(() => null),
    );
    this.turn = answer;
    return answer;
  }

  private startPolling(): void {
    if (this.poll !== null || this.isClosed) return;
    void this.look();
    this.poll = setInterval(() => void this.look(), SAFETY_POLL_MS);
    this.poll.unref();
  }

  private async look(): Promise<void> {
    const { lastKnown } = this.signal;
    const answer = await this.inTurn({
      name: 'event-store-last-position',
      text: 'select coalesce(max(position), 0) as position from event_store.events',
    });
    if (this.isClosed) return;
    if (answer === null) this.outage.down();
    else this.outage.up();
    const position = answer?.rows[0]?.position;
    if (position !== undefined) this.signal.correct(Number(position), lastKnown);
  }
}
