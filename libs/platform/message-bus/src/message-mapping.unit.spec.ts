import type { RecordedEvent } from '@encaisse/platform/event-store';
import { instant } from '@encaisse/kernel';
import type { Publication } from './message-bus';
import { MessageMapping } from './message-mapping';

const EVENT: RecordedEvent = {
  eventId: '0195f7a0-0000-7000-8000-000000000001',
  streamId: 'testing.thing-1',
  version: 0,
  position: 7,
  type: 'ThingHappened',
  schemaVersion: 1,
  data: {},
  metadata: {
    actor: { kind: 'system', login: 'test' },
    correlationId: 'c1',
    causationId: null,
  },
  recordedAt: instant('2026-03-02T12:00:00.000Z'),
};

const publication = (name: string, ...types: readonly string[]): Publication => ({
  name,
  categories: ['testing.thing'],
  schemas: Object.fromEntries(types.map((type) => [type, {}])),
  map: () => types.map((type) => ({ type, data: {} })),
});

const idsOf = (...publications: readonly Publication[]) => {
  const mapping = new MessageMapping();
  for (const one of publications) mapping.add(one);
  return mapping.messagesOf(EVENT).map(({ id }) => id.slice(EVENT.eventId.length));
};

describe('The id of a message', () => {
  it('stays the same when a newer release makes more of the event', () => {
    const things = publication('testing.things', 'testing.happened.v1');
    expect(idsOf(things)).toEqual(['.testing.happened.v1']);
    const more = publication('testing.before', 'testing.counted.v1');
    expect(idsOf(things, more)).toEqual(['.testing.counted.v1', '.testing.happened.v1']);
  });

  it('counts messages of one type', () => {
    const type = 'testing.part.v1';
    expect(idsOf(publication('testing.parts', type, type, type))).toEqual([
      `.${type}`,
      `.${type}.1`,
      `.${type}.2`,
    ]);
  });
});
