import { invariant } from './invariant';

/** The least a domain event has: a fixed type name and its facts. */
export type DomainEvent = { readonly type: string; readonly data: object };

/**
 * A stream of events about one thing, and how its state follows from them. Pure: no clock, no
 * random, no I/O. The stream of one thing is named `<category>-<uuid>`.
 */
export type StreamType<State, Event extends DomainEvent> = {
  /** Fixed for ever, `<context>.<noun>` without a dash: it is stored. */
  readonly category: string;
  readonly initial: State;
  evolve(this: void, state: State, event: Event): State;
  /** The schema version written today for each event type. The keys are all the types there are. */
  readonly schemaVersions: { readonly [Type in Event['type']]: number };
  /** Upcasts one step, from `schemaVersion` n to n + 1, per event type. Absent while all are at 1. */
  readonly upcasters?: {
    readonly [Type in Event['type']]?: { readonly [fromVersion: number]: (data: object) => object };
  };
};

/** The name of the stream of one thing. */
export function streamIdOf(stream: { readonly category: string }, id: string): string {
  invariant(!stream.category.includes('-'), 'a category ends at the first dash');
  return `${stream.category}-${id}`;
}

/** The category of a stream name: what stands before the first dash. */
export function categoryOf(streamId: string): string {
  const dash = streamId.indexOf('-');
  return dash < 0 ? streamId : streamId.slice(0, dash);
}

/** The state after a list of events. */
export function fold<State, Event extends DomainEvent>(
  stream: Pick<StreamType<State, Event>, 'initial' | 'evolve'>,
  events: Iterable<Event>,
): State {
  let state = stream.initial;
  for (const event of events) state = stream.evolve(state, event);
  return state;
}
