import type { Instant } from '@encaisse/kernel';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';

/** An integration event on its way between services. CloudEvents 1.0 names in comments. */
export type Message = {
  /**
   * Unique and stable, whatever else a release publishes: the id of the event it was made from and the
   * type, with a number for a further one of the same type (id).
   */
  readonly id: string;
  /** `<context>.<fact>.v<n>` (type). */
  readonly type: string;
  /** Order is kept per key: the stream id (subject, and the partition key). */
  readonly key: string;
  /** When the store recorded it (time). */
  readonly time: Instant;
  readonly data: object;
  readonly correlationId: string;
  readonly traceparent?: string;
};

/** What a context publishes of its streams. Pure: the same event always gives the same messages. */
export type Publication = {
  /** `<context>.<noun>`, unique. */
  readonly name: string;
  readonly categories: readonly string[];
  /**
   * The JSON Schema (draft 2020-12) of the data of each message type it may make. A type names its
   * version and never changes its schema; a type that is not listed here is not published.
   */
  readonly schemas: Readonly<Record<string, object>>;
  /** The messages of one event, none for most. */
  map(
    this: void,
    event: RecordedEvent,
  ): readonly { readonly type: string; readonly data: object }[];
};

/** Who listens. One group takes each message once in effect, whatever the number of copies. */
export type Consumer = {
  /** `<context>.<purpose>`: names the checkpoint. */
  readonly group: string;
  readonly types: readonly string[];
  /**
   * Where a group that is new begins: with the first message ever (default), or with what comes after
   * its first start.
   */
  readonly from?: 'beginning' | 'now';
  /**
   * The effect. Runs in the SQL transaction that saves the group's checkpoint, so that its rows are
   * written exactly once. Throwing makes it tried again, then parked: its key waits, other keys go on.
   */
  handle(this: void, message: Message, session: SqlSession): Promise<void>;
};

/** A message its consumer could not take, and those of the same key that wait behind it. */
export type ParkedMessage = {
  readonly group: string;
  readonly message: Message;
  readonly position: number;
  readonly attempts: number;
  /** Null for a message that only waits behind a parked one of its key. */
  readonly error: string | null;
  readonly parkedAt: Instant;
};

export type ConsumerStatus = {
  readonly group: string;
  readonly position: number;
  readonly lag: number;
  readonly parked: number;
  readonly state: 'live' | 'standby' | 'retrying' | 'stopped';
};

/** What carries the log's messages to a broker, where there is one. */
export type RelayStatus = {
  /** Position of the last event whose messages are on the broker for good. */
  readonly position: number;
  readonly lag: number;
  /** What this process has to do with it: « aside » when it does not know all that is published. */
  readonly state: 'relaying' | 'standby' | 'waiting' | 'aside' | 'stopped';
};

/**
 * Durable messages between services (D8): at least once on the wire, exactly once in effect, in order
 * per key. Never published from request code: what is recorded in the log is what is published.
 */
export abstract class MessageBus {
  /** All that this process knows to be published, in the order of their names. */
  abstract get publications(): readonly Publication[];
  /** Declares what a context publishes. Before `start`; the same one twice is the same as once. */
  abstract publish(publication: Publication): void;
  /** Declares a consumer. Before `start`. */
  abstract subscribe(consumer: Consumer): void;
  /** Throws BusRefused when what it is given cannot work; an outage is waited out instead. */
  abstract start(): Promise<void>;
  abstract stop(): Promise<void>;
  abstract status(): Promise<readonly ConsumerStatus[]>;
  abstract parked(group?: string): Promise<readonly ParkedMessage[]>;
  /**
   * Hands parked messages to their consumer again, in order per key, each with its effect in one
   * transaction. Returns how many went through and what still fails.
   */
  abstract replayParked(selection?: {
    readonly group?: string;
    readonly key?: string;
  }): Promise<{ readonly replayed: number; readonly stillParked: readonly ParkedMessage[] }>;
  /** Null where consumers read the log themselves. */
  relayStatus(): Promise<RelayStatus | null> {
    return Promise.resolve(null);
  }

  /** For readiness: a text, starting with « down » when the process should not be counted on. */
  condition(): string {
    return 'up';
  }
}
