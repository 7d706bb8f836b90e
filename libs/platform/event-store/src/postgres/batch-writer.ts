import { setTimeout as wait } from 'node:timers/promises';
import { type Instant, instant } from '@encaisse/kernel';
import type { AppendResult } from '../event-store';
import { type PreparedAppend, type PreparedWrite, bodyOf } from '../prepared-append';
import { type StoredEvent, answerRepeat } from '../repeated-append';
import {
  type BatchAnswer,
  asOneEvent,
  batchStatement,
  nextEventStatement,
} from './batch-statement';
import { type PostgresSession, isOutage } from './postgres-session';

/** What a batch added to the log, in order, as stored. */
export type AddedEvent = {
  readonly position: number;
  readonly version: number;
  readonly body: string;
};

export type BatchOutcome = {
  readonly results: readonly AppendResult[];
  readonly added: readonly AddedEvent[];
};

/** Waits between the tries of a batch whose outcome is unknown; the event ids make a retry safe. */
const RETRY_DELAYS_MS = [50, 200, 500, 1_000];

const UNIQUE_VIOLATION = '23505';

type StoredRow = {
  readonly event_id: string;
  readonly stream_id: string;
  readonly version: string;
  readonly position: string;
  readonly body: string;
};

/** The end of the log as the writers of this process know it. */
export class KnownEnd {
  position = 0;
  /** Whether nobody else was seen to append lately. */
  isOurs = false;
  batchesUnderWay = 0;
}

/** Sends batches of appends, one statement each, and reads the verdict of every command. */
export class BatchWriter {
  constructor(
    private readonly session: PostgresSession,
    private readonly end: KnownEnd,
  ) {}

  /** No two appends may share a stream or an event id. Throws StoreUnavailable after some tries. */
  async write(appends: readonly PreparedAppend[]): Promise<BatchOutcome> {
    this.end.batchesUnderWay += 1;
    try {
      return await this.writeUntilAnswered(appends);
    } finally {
      this.end.batchesUnderWay -= 1;
    }
  }

  private async writeUntilAnswered(appends: readonly PreparedAppend[]): Promise<BatchOutcome> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return (await this.writeNext(appends)) ?? (await this.writeBatch(appends));
      } catch (error) {
        const delay = RETRY_DELAYS_MS[attempt];
        if (delay === undefined || !isOutage(error)) throw error;
        await wait(delay);
      }
    }
  }

  /** The quick way for one event, null when it cannot be gone or led nowhere. */
  private async writeNext(appends: readonly PreparedAppend[]): Promise<BatchOutcome | null> {
    const { position, isOurs, batchesUnderWay } = this.end;
    const one = asOneEvent(appends);
    if (one === null || position === 0 || !isOurs || batchesUnderWay > 1) return null;
    try {
      const statement = nextEventStatement(position, one);
      const { rows } = await this.session.query<{ recorded_at: string }>(statement);
      const log = new LogEnd(position, rows[0]?.recorded_at ?? null);
      if (rows.length === 0) return null;
      const results = [log.extend(appends[0]!, [one.version - 1])];
      this.end.position = Math.max(this.end.position, position + 1);
      return { results, added: log.added };
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      this.end.isOurs = false;
      return null;
    }
  }

  private async writeBatch(appends: readonly PreparedAppend[]): Promise<BatchOutcome> {
    const { position } = this.end;
    const { rows } = await this.session.query<BatchAnswer>(batchStatement(appends));
    const before = Number(rows[0]!.last_position);
    const outcome = await this.settle(appends, rows[0]!);
    this.end.isOurs = before <= Math.max(position, this.end.position);
    this.end.position = Math.max(this.end.position, before + outcome.added.length);
    return outcome;
  }

  private async settle(
    appends: readonly PreparedAppend[],
    answer: BatchAnswer,
  ): Promise<BatchOutcome> {
    const verdicts = answer.verdicts.split(',');
    const actuals = answer.actuals.split(',').map(Number);
    const log = new LogEnd(Number(answer.last_position), answer.recorded_at);
    const results: AppendResult[] = [];
    let nextWrite = 0;
    for (const [index, append] of appends.entries()) {
      const before = actuals.slice(nextWrite, nextWrite + append.writes.length);
      nextWrite += append.writes.length;
      if (verdicts[index] === '0') results.push(log.extend(append, before));
      else if (verdicts[index] === '1') results.push(wrongRevision(append, before));
      else results.push(await this.answerKnown(append, before));
    }
    return { results, added: log.added };
  }

  /** Stored events never change, so this needs no lock. */
  private async answerKnown(
    append: PreparedAppend,
    before: readonly number[],
  ): Promise<AppendResult> {
    const ids = append.writes.flatMap(({ events }) => events.map((event) => event.eventId));
    const { rows } = await this.session.query<StoredRow>({
      name: 'event-store-known-events',
      text: `select event_id, stream_id, version, position, body
             from event_store.events where event_id = any ($1::uuid[])`,
      values: [ids],
    });
    const stored = new Map(
      rows.map((row): [string, StoredEvent] => [
        row.event_id,
        {
          eventId: row.event_id,
          streamId: row.stream_id,
          version: Number(row.version),
          position: Number(row.position),
          body: row.body,
        },
      ]),
    );
    const versionOf = (streamId: string): number | null =>
      versionOrNull(before[append.writes.findIndex((write) => write.streamId === streamId)] ?? -1);
    return answerRepeat(append, stored, versionOf);
  }
}

function versionOrNull(actual: number): number | null {
  return actual < 0 ? null : actual;
}

function isMet({ expected }: PreparedWrite, actual: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return actual < 0;
  return expected === 'stream-exists' ? actual >= 0 : expected === actual;
}

function wrongRevision(append: PreparedAppend, before: readonly number[]): AppendResult {
  const index = append.writes.findIndex((write, at) => !isMet(write, before[at] ?? -1));
  const { streamId, expected } = append.writes[index] ?? append.writes[0]!;
  const actual = versionOrNull(before[index] ?? -1);
  return { kind: 'wrong-revision', streamId, expected, actual };
}

/** Positions follow from the order of the accepted commands: the server need not send them back. */
class LogEnd {
  readonly added: AddedEvent[] = [];
  private readonly recordedAt: Instant | null;

  constructor(
    private position: number,
    recordedAt: string | null,
  ) {
    this.recordedAt = recordedAt === null ? null : instant(recordedAt);
  }

  extend(append: PreparedAppend, before: readonly number[]): AppendResult {
    const versions: Record<string, number> = {};
    for (const [index, { streamId, events }] of append.writes.entries()) {
      let version = before[index] ?? -1;
      for (const event of events) {
        version += 1;
        this.position += 1;
        this.added.push({
          position: this.position,
          version,
          body: bodyOf(event, this.recordedAt!),
        });
      }
      versions[streamId] = version;
    }
    return { kind: 'appended', position: this.position, versions, isReplay: false };
  }
}
