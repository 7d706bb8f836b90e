import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { MessageBus, Publication } from '@encaisse/platform/message-bus';
import type { Conditions } from './conditions';
import { hold } from './findings';
import { NO_ROWS, type Statement } from './statements';
import type { Tables } from './tables';

const EFFECTS = 'simulation.effects';
const TYPE = 'simulation.transaction-changed.v1';

/** Every event of a transaction, as a message: what the probe must take once each, in order per key. */
const publication: Publication = {
  name: 'simulation.transactions',
  categories: ['ledger.transaction'],
  schemas: { [TYPE]: { type: 'object' } },
  map: ({ version }: RecordedEvent) => [{ type: TYPE, data: { version } }],
};

/** The one statement of the probe's effect. */
export const PROBE_STATEMENTS: readonly Statement[] = [
  {
    pattern: /^insert into simulation\.effects \(message_id, key, version\)/,
    run({ session, parameters }) {
      const [id, key, version] = parameters as [string, string, number];
      const before = session.get(EFFECTS, id);
      const times = ((before?.['times'] as number | undefined) ?? 0) + 1;
      const last = session.get(`${EFFECTS}_by_key`, key)?.['version'] as number | undefined;
      const isInOrder = version === (last ?? -1) + 1;
      session.put(EFFECTS, id, { id, times, isInOrder });
      session.put(`${EFFECTS}_by_key`, key, { key, version });
      return NO_ROWS;
    },
  },
];

/** A consumer of the simulation's own, on the product's bus: its effects are counted. */
export function listenToEverything(bus: MessageBus, conditions: Conditions): void {
  bus.publish(publication);
  bus.subscribe({
    group: 'simulation.probe',
    types: [TYPE],
    async handle(message, session) {
      if (conditions.strikes('F14', conditions.poison))
        throw new Error('a message that cannot be taken');
      const { version } = message.data as { readonly version: number };
      await session.query(
        'insert into simulation.effects (message_id, key, version) values ($1, $2, $3)',
        [message.id, message.key, version],
      );
    },
  });
}

/** Once everything is taken: each event had its effect once, in the order of its stream. */
export function checkEffects(tables: Tables, events: readonly RecordedEvent[]): void {
  const effects = tables.get(EFFECTS);
  const expected = events.filter(({ streamId }) => streamId.startsWith('ledger.transaction-'));
  for (const { eventId, position } of expected) {
    const effect = effects?.get(`${eventId}.${TYPE}`);
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
