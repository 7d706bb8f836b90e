import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { MessageBus, Publication } from '@encaisse/platform/message-bus';
import type { Conditions } from './conditions';
import { hold } from './findings';
import { NO_ROWS, type Statement } from './statements';
import type { Row, Tables } from './tables';

const EFFECTS = 'simulation.effects';
const EFFECTS_OF_NEWER = 'simulation.effects_of_newer';
const TYPE = 'simulation.transaction-changed.v1';
/** Published by the newer of two releases alone; it comes before the other in the alphabet. */
const TYPE_OF_NEWER = 'simulation.transaction-altered.v1';

function publicationOf(types: readonly string[]): Publication {
  return {
    name: 'simulation.transactions',
    categories: ['ledger.transaction'],
    schemas: Object.fromEntries(types.map((type) => [type, { type: 'object' }])),
    map: ({ version }: RecordedEvent) => types.map((type) => ({ type, data: { version } })),
  };
}

/** Every event of a transaction, as a message: what the probe must take once each, in order per key. */
const publication = publicationOf([TYPE]);
const publicationOfNewer = publicationOf([TYPE_OF_NEWER, TYPE]);

/** The one statement of the probe's effect. An effect belongs to an event, whatever its message is called. */
export const PROBE_STATEMENTS: readonly Statement[] = [
  {
    pattern: /^insert into simulation\.effects(_of_newer)? \(key, version\)/,
    run({ session, parameters, sql }) {
      const [key, version] = parameters as [string, number];
      const table = sql.includes(EFFECTS_OF_NEWER) ? EFFECTS_OF_NEWER : EFFECTS;
      const place = placeOf(key, version);
      const before = session.get(table, place);
      const times = ((before?.['times'] as number | undefined) ?? 0) + 1;
      const last = session.get(`${table}_by_key`, key)?.['version'] as number | undefined;
      // What was published before there was a newer release has no effect on it.
      const isFirst = last === undefined && (version === 0 || table === EFFECTS_OF_NEWER);
      session.put(table, place, { times, isInOrder: isFirst || version === (last ?? NaN) + 1 });
      session.put(`${table}_by_key`, key, { key, version });
      return NO_ROWS;
    },
  },
];

function placeOf(key: string, version: number): string {
  return `${key}/${version}`;
}

/** A consumer of the simulation's own, on the product's bus: its effects are counted. */
export function listenToEverything(
  bus: MessageBus,
  conditions: Conditions,
  isNewer: boolean,
): void {
  bus.publish(isNewer ? publicationOfNewer : publication);
  const listen = (group: string, type: string, table: string): void =>
    bus.subscribe({
      group,
      types: [type],
      async handle(message, session) {
        if (conditions.strikes('F14', conditions.poison))
          throw new Error('a message that cannot be taken');
        const { version } = message.data as { readonly version: number };
        await session.query(`insert into ${table} (key, version) values ($1, $2)`, [
          message.key,
          version,
        ]);
      },
    });
  listen('simulation.probe', TYPE, EFFECTS);
  if (isNewer) listen('simulation.probe-of-newer', TYPE_OF_NEWER, EFFECTS_OF_NEWER);
}

/** Once everything is taken: each event had its effect once, in the order of its stream. */
export function checkEffects(tables: Tables, events: readonly RecordedEvent[]): void {
  const expected = events.filter(({ streamId }) => streamId.startsWith('ledger.transaction-'));
  check(tables.get(EFFECTS), expected);
  // A newer release has its effects from somewhere on, and then of everything.
  const ofNewer = tables.get(EFFECTS_OF_NEWER);
  const from = expected.findIndex(
    ({ streamId, version }) => ofNewer?.has(placeOf(streamId, version)) === true,
  );
  if (from >= 0) check(ofNewer, expected.slice(from));
}

function check(
  effects: ReadonlyMap<string, Row> | undefined,
  expected: readonly RecordedEvent[],
): void {
  for (const { streamId, version, position } of expected) {
    const effect = effects?.get(placeOf(streamId, version));
    hold(effect !== undefined, 'P5', () => `the event at ${position} had no effect`);
    hold(
      effect!['times'] === 1,
      'P5',
      () => `the event at ${position} had ${String(effect!['times'])} effects`,
    );
    hold(
      effect!['isInOrder'] === true,
      'P5',
      () => `the event at ${position} had its effect out of order`,
    );
  }
  const count = effects?.size ?? 0;
  hold(count === expected.length, 'P5', () => `${count} effects of ${expected.length} events`);
}
