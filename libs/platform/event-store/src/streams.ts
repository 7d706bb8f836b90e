import {
  type Decision,
  type DomainEvent,
  type StreamType,
  fold,
  invariant,
  isRefused,
  streamIdOf,
} from '@encaisse/kernel';
import { uuidv7 } from 'uuidv7';
import { decodeEvent } from './decode-event';
import { ContentionExhausted } from './errors';
import type {
  AppendResult,
  EventMetadata,
  EventStore,
  NewEvent,
  Position,
  RecordedEvent,
  StoreCapabilities,
  StreamWrite,
} from './event-store';

/** One thing as its events say it is. */
export type LoadedStream<State> = {
  readonly streamId: string;
  readonly state: State;
  /** Version of the last event, null when there is none. */
  readonly version: number | null;
  /** Position of the last event, 0 when there is none. */
  readonly position: Position;
  readonly events: readonly RecordedEvent[];
};

/** What a command led to, recorded. */
export type StreamDecision<Event, Refusal> = {
  readonly decision: Decision<Event, Refusal>;
  /** A reader that has reached this position sees all that the decision rests on and led to. */
  readonly position: Position;
  readonly version: number | null;
  /** Accepted without new events: it was done before. */
  readonly isReplay: boolean;
};

/** One of several streams that are decided together. */
export type StreamTarget<State = unknown, Event extends DomainEvent = DomainEvent> = {
  readonly stream: StreamType<State, Event>;
  readonly id: string;
};

/* eslint-disable @typescript-eslint/no-explicit-any -- Inference of each target's own types needs a bound
   that StreamType satisfies for every State and Event; `any` never reaches a value. */
type AnyTarget = StreamTarget<any, any>;
export type StatesOf<Targets extends readonly AnyTarget[]> = {
  readonly [Index in keyof Targets]: Targets[Index] extends StreamTarget<infer State, any>
    ? State
    : never;
};
export type EventsOf<Targets extends readonly AnyTarget[]> = {
  readonly [Index in keyof Targets]: Targets[Index] extends StreamTarget<any, infer Event>
    ? readonly Event[]
    : never;
};
/* eslint-enable @typescript-eslint/no-explicit-any */

/** The events per stream, in the order of the targets, or one refusal for all. */
export type JointDecision<Targets extends readonly AnyTarget[], Refusal> =
  { readonly accepted: EventsOf<Targets> } | { readonly refused: Refusal };

export type JointStreamDecision<Targets extends readonly AnyTarget[], Refusal> = {
  readonly decision: JointDecision<Targets, Refusal>;
  readonly position: Position;
  /** Version of the last event per stream, null when it has none. */
  readonly versions: Readonly<Record<string, number | null>>;
  readonly isReplay: boolean;
};

const TRIES = 5;

/** Runs deciders against the store: read, fold, decide, append at the version read (D2, D3). */
export class Streams {
  constructor(
    private readonly store: EventStore,
    private readonly newEventId: () => string = uuidv7,
  ) {}

  /** What the store can do beyond the port's promises. */
  get capabilities(): StoreCapabilities {
    return this.store.capabilities;
  }

  /** Throws UnreadableEvent on events that this release does not know. */
  async load<State, Event extends DomainEvent>(
    stream: StreamType<State, Event>,
    id: string,
  ): Promise<LoadedStream<State>> {
    const streamId = streamIdOf(stream, id);
    const events = await this.store.readStream(streamId);
    const last = events.at(-1);
    return {
      streamId,
      state: fold<State, Event>(
        stream,
        events.map((event) => decodeEvent(stream, event)),
      ),
      version: last?.version ?? null,
      position: last?.position ?? 0,
      events,
    };
  }

  /**
   * Appends events already decided on a state known to be at `expected`, without reading it again. The
   * caller handles a wrong revision: somebody else came first.
   */
  async append<State, Event extends DomainEvent>(
    stream: StreamType<State, Event>,
    id: string,
    expected: number | 'no-stream',
    events: readonly Event[],
    metadata: EventMetadata,
  ): Promise<AppendResult> {
    return this.store.append([this.newWrite(stream, id, expected, events, metadata)]);
  }

  /** Events ready to be appended, for a decision that takes them beside its own. */
  newWrite<State, Event extends DomainEvent>(
    stream: StreamType<State, Event>,
    id: string,
    expected: number | 'no-stream',
    events: readonly Event[],
    metadata: EventMetadata,
  ): StreamWrite {
    const newEvents = events.map((event) => this.newEvent(stream, event, metadata));
    return { streamId: streamIdOf(stream, id), expected, events: newEvents };
  }

  /**
   * Decides again when another writer came first, then gives up with ContentionExhausted. A refusal
   * records nothing. What is given `beside` is recorded with the decision's events or not at all.
   */
  async decide<State, Event extends DomainEvent, Produced extends Event, Refusal>(
    stream: StreamType<State, Event>,
    id: string,
    decide: (state: State) => Decision<Produced, Refusal>,
    metadata: EventMetadata,
    beside: readonly StreamWrite[] = [],
  ): Promise<StreamDecision<Produced, Refusal>> {
    // The decider may promise fewer types of events than the stream has.
    const target = { stream, id } as StreamTarget<State, Produced>;
    const { decision, position, versions, isReplay } = await this.decideMany(
      [target] as const,
      ([state]) => {
        const single = decide(state);
        return isRefused(single) ? single : { accepted: [single.accepted] as const };
      },
      metadata,
      beside,
    );
    return {
      decision: isRefused(decision) ? decision : { accepted: decision.accepted[0] },
      position,
      version: versions[streamIdOf(stream, id)] ?? null,
      isReplay,
    };
  }

  /** Decides over several streams and records in all of them or in none. */
  async decideMany<const Targets extends readonly AnyTarget[], Refusal>(
    targets: Targets,
    decide: (states: StatesOf<Targets>) => JointDecision<Targets, Refusal>,
    metadata: EventMetadata,
    beside: readonly StreamWrite[] = [],
  ): Promise<JointStreamDecision<Targets, Refusal>> {
    invariant(
      targets.length + beside.length === 1 || this.store.capabilities.isAtomicAcrossStreams,
      'this event store cannot record in several streams at once',
    );
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const loaded = await Promise.all(targets.map(({ stream, id }) => this.load(stream, id)));
      const decision = decide(loaded.map(({ state }) => state as unknown) as StatesOf<Targets>);
      const writes = isRefused(decision)
        ? []
        : this.writesOf(targets, loaded, decision.accepted, metadata);
      const together = [...writes, ...beside];
      const result = writes.length === 0 ? null : await this.store.append(together);
      if (result?.kind === 'wrong-revision') continue;
      return {
        decision,
        ...outcome(loaded, result),
        isReplay: isEmptyAcceptance(decision, result),
      };
    }
    const names = targets.map(({ stream, id }) => streamIdOf(stream, id)).join(', ');
    throw new ContentionExhausted(`${names} changed ${TRIES} times while being decided`);
  }

  private writesOf(
    targets: readonly AnyTarget[],
    loaded: readonly LoadedStream<unknown>[],
    accepted: readonly (readonly DomainEvent[])[],
    metadata: EventMetadata,
  ): StreamWrite[] {
    return loaded.flatMap(({ streamId, version }, index) => {
      const events = (accepted[index] ?? []).map((event) =>
        this.newEvent(targets[index]!.stream, event, metadata),
      );
      return events.length === 0 ? [] : [{ streamId, expected: version ?? 'no-stream', events }];
    });
  }

  private newEvent(
    stream: {
      readonly category: string;
      readonly schemaVersions: Readonly<Record<string, number>>;
    },
    { type, data }: DomainEvent,
    metadata: EventMetadata,
  ): NewEvent {
    const schemaVersion = stream.schemaVersions[type];
    invariant(schemaVersion !== undefined, `${stream.category} has no event ${type}`);
    return { eventId: this.newEventId(), type, schemaVersion, data, metadata };
  }
}

function isEmptyAcceptance(decision: object, result: AppendResult | null): boolean {
  return 'accepted' in decision && result === null;
}

function outcome(
  loaded: readonly LoadedStream<unknown>[],
  result: Exclude<AppendResult, { kind: 'wrong-revision' }> | null,
): { position: Position; versions: Readonly<Record<string, number | null>> } {
  invariant(result?.kind !== 'event-id-reused', 'a new event id was in the log already');
  const versions: Record<string, number | null> = {};
  for (const { streamId, version } of loaded) versions[streamId] = version;
  if (result !== null)
    return { position: result.position, versions: { ...versions, ...result.versions } };
  return { position: Math.max(...loaded.map(({ position }) => position)), versions };
}
