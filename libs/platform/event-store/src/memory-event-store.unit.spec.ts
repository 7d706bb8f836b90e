import { type Instant, instant } from '@encaisse/kernel';
import { describeEventStoreContract, newEvent } from '@encaisse/testing';
import { MemoryEventStore } from './memory-event-store';

const wallClock = { now: () => new Date().toISOString() as Instant };

describeEventStoreContract('memory', () => {
  const store = new MemoryEventStore(wallClock);
  return Promise.resolve({ store, dispose: () => store.close() });
});

describe('The wall clock of the memory store', () => {
  it('L7 never goes back along the log, whatever the clock does', async () => {
    const times = ['2026-11-22T08:00:00.000Z', '2026-11-22T07:59:00.000Z'].map(instant);
    const store = new MemoryEventStore({ now: () => times.shift()! });
    for (const streamId of ['testing.thing-1', 'testing.thing-2']) {
      await store.append([{ streamId, expected: 'any', events: [newEvent()] }]);
    }
    const log = await store.readAll({ after: 0, limit: 10 });
    expect(log.map((event) => event.recordedAt)).toEqual([
      '2026-11-22T08:00:00.000Z',
      '2026-11-22T08:00:00.000Z',
    ]);
    await store.close();
  });
});
