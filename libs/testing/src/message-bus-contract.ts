import { setTimeout as wait } from 'node:timers/promises';
import type { EventStore } from '@encaisse/platform/event-store';
import type { Consumer, Message, MessageBus } from '@encaisse/platform/message-bus';
import type { SqlSession } from '@encaisse/platform/postgres';
import { uuidv7 } from 'uuidv7';
import { until } from './waiting';

/** An empty log and the means to run copies of a process on it. */
export type MessageBusFixture = {
  readonly store: EventStore;
  /** To look at the effects that were written, on connections that are never cut. */
  readonly database: SqlSession;
  /** The bus of one more copy of the process; tries are few and quick. */
  newBus(): MessageBus;
  /** How many copies can work at the same time on different keys; the others stand by. */
  readonly copiesAtWork: number;
  /** Cuts the connections on which effects are being written, as a crash would. */
  cutConnections(): Promise<void>;
  dispose(): Promise<void>;
};

const CATEGORY = 'testing.thing';
const TYPE = 'testing.thing-happened.v1';
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

type Effect = { readonly group_name: string; readonly key: string; readonly number: number };

/** Records every effect; does before it what the test says of a message. */
function recorder(
  group: string,
  before: (message: Message, session: SqlSession) => Promise<void> | void = () => undefined,
  options: Partial<Consumer> = {},
): Consumer {
  return {
    group,
    types: [TYPE],
    handle: async (message, session) => {
      await before(message, session);
      await session.query('insert into effects (group_name, key, number) values ($1, $2, $3)', [
        group,
        message.key,
        numberOf(message),
      ]);
    },
    ...options,
  };
}

function numberOf(message: Message): number {
  return (message.data as { number: number }).number;
}

/** What every adapter of the message bus keeps (D8, P5). */
export function describeMessageBusContract(
  name: string,
  openFixture: () => Promise<MessageBusFixture>,
): void {
  describe(`Message bus on ${name}`, () => {
    let fixture: MessageBusFixture;
    let buses: MessageBus[];

    beforeEach(async () => {
      fixture = await openFixture();
      buses = [];
      await fixture.database.query(
        'create table effects (no bigserial, group_name text, key text, number integer)',
      );
    });

    afterEach(async () => {
      await Promise.all(buses.map((bus) => bus.stop()));
      await fixture.dispose();
    });

    async function happen(key: string, ...numbers: readonly number[]): Promise<void> {
      const metadata = {
        actor: { kind: 'system' as const, login: 'contract-suite' },
        correlationId: '0191d5a0-0000-7000-8000-000000000001',
        causationId: null,
        traceparent: TRACEPARENT,
      };
      const events = numbers.map((number) => ({
        eventId: uuidv7(),
        type: 'ThingHappened',
        schemaVersion: 1,
        data: { number },
        metadata,
      }));
      await fixture.store.append([{ streamId: `${CATEGORY}-${key}`, expected: 'any', events }]);
    }

    async function startBus(...consumers: readonly Consumer[]): Promise<MessageBus> {
      const bus = fixture.newBus();
      buses.push(bus);
      bus.publish({
        name: 'testing.things',
        categories: [CATEGORY],
        schemas: { [TYPE]: {} },
        map: (event) => [{ type: TYPE, data: event.data }],
      });
      for (const consumer of consumers) bus.subscribe(consumer);
      await bus.start();
      return bus;
    }

    async function stopBus(bus: MessageBus): Promise<void> {
      buses.splice(buses.indexOf(bus), 1);
      await bus.stop();
    }

    function effects(group: string): Promise<Effect[]> {
      return fixture.database.query<Effect>(
        'select group_name, key, number from effects where group_name = $1 order by no',
        [group],
      );
    }

    async function numbers(group: string, key?: string): Promise<number[]> {
      return (await effects(group))
        .filter((effect) => key === undefined || effect.key === `${CATEGORY}-${key}`)
        .map(({ number }) => number);
    }

    async function reached(group: string, count: number): Promise<number[]> {
      await until(async () => (await effects(group)).length >= count);
      return numbers(group);
    }

    it('hands each group each message once, with its id, key, time and trace', async () => {
      const seen: Message[] = [];
      await happen('a', 1);
      await startBus(
        recorder('testing.one', (message) => void seen.push(message)),
        recorder('testing.two'),
      );
      await happen('a', 2);
      expect(await reached('testing.one', 2)).toEqual([1, 2]);
      expect(await reached('testing.two', 2)).toEqual([1, 2]);
      const [event] = await fixture.store.readStream(`${CATEGORY}-a`);
      expect(seen[0]).toEqual({
        id: `${event?.eventId ?? ''}.${TYPE}`,
        type: TYPE,
        key: `${CATEGORY}-a`,
        time: event?.recordedAt,
        data: { number: 1 },
        correlationId: event?.metadata.correlationId,
        traceparent: TRACEPARENT,
      });
    });

    it('passes over types and categories nobody asked for, without lag', async () => {
      const bus = await startBus(
        recorder('testing.other', undefined, { types: ['testing.no.v1'] }),
      );
      await happen('a', 1, 2, 3);
      await until(async () => (await bus.status()).every(({ lag }) => lag === 0));
      expect(await effects('testing.other')).toEqual([]);
    });

    it('keeps the order of each key over many messages', async () => {
      await startBus(recorder('testing.order'));
      const keys = ['a', 'b', 'c', 'd'];
      for (let turn = 0; turn < 75; turn += 1)
        await Promise.all(keys.map((key) => happen(key, turn * 2, turn * 2 + 1)));
      await reached('testing.order', 600);
      const inOrder = Array.from({ length: 150 }, (_, index) => index);
      for (const key of keys) expect(await numbers('testing.order', key)).toEqual(inOrder);
    });

    it('writes an effect once when its connection is cut before the checkpoint is saved', async () => {
      let cuts = 0;
      const cutTwice = recorder('testing.cut', async (message, session) => {
        if (numberOf(message) !== 3 || cuts === 2) return;
        cuts += 1;
        await session.query(
          "insert into effects (group_name, key, number) values ('testing.cut', 'half', 0)",
        );
        await fixture.cutConnections();
      });
      await happen('a', 1, 2, 3, 4, 5);
      await startBus(cutTwice);
      expect(await reached('testing.cut', 5)).toEqual([1, 2, 3, 4, 5]);
      expect(cuts).toBe(2);
    });

    it('goes on after a restart where it stopped, without doing anything twice', async () => {
      const first = await startBus(recorder('testing.restart'));
      await happen('a', 1, 2, 3);
      await reached('testing.restart', 3);
      await stopBus(first);
      await happen('a', 4, 5);
      await startBus(recorder('testing.restart'));
      expect(await reached('testing.restart', 5)).toEqual([1, 2, 3, 4, 5]);
    });

    it('starts a new group with the first message ever, or with what comes next', async () => {
      await happen('a', 1, 2);
      await startBus(recorder('testing.all'), recorder('testing.next', undefined, { from: 'now' }));
      await reached('testing.all', 2);
      await happen('a', 3);
      expect(await reached('testing.next', 1)).toEqual([3]);
      expect(await reached('testing.all', 3)).toEqual([1, 2, 3]);
    });

    it('tries a failing message again, then goes on', async () => {
      let failures = 2;
      await startBus(
        recorder('testing.retry', (message) => {
          if (numberOf(message) !== 2 || failures === 0) return;
          failures -= 1;
          throw new Error('not now');
        }),
      );
      await happen('a', 1, 2, 3);
      expect(await reached('testing.retry', 3)).toEqual([1, 2, 3]);
    });

    describe('when a message cannot be taken', () => {
      let isMended: boolean;

      function fragile(group: string): Consumer {
        return recorder(group, async (message, session) => {
          await session.query(
            "insert into effects (group_name, key, number) values ('half done', 'x', 0)",
          );
          if (!isMended && message.key.endsWith('-bad') && numberOf(message) === 2)
            throw new Error('card 4111111111111111 is unknown');
          await session.query("delete from effects where group_name = 'half done'");
        });
      }

      beforeEach(() => {
        isMended = false;
      });

      it('parks it and what follows of its key, and goes on with other keys', async () => {
        const bus = await startBus(fragile('testing.park'));
        await happen('bad', 1, 2, 3);
        await happen('good', 1, 2, 3);
        await until(async () => (await bus.parked()).length === 2);
        await happen('bad', 4);
        await happen('good', 4);
        await until(async () => (await bus.parked('testing.park')).length === 3);
        await until(async () => (await numbers('testing.park', 'good')).length === 4);
        expect(await numbers('testing.park', 'bad')).toEqual([1]);
        expect(await numbers('half done')).toEqual([]);
        const parked = await bus.parked('testing.park');
        expect(parked.map(({ message }) => numberOf(message))).toEqual([2, 3, 4]);
        expect(parked[0]?.attempts).toBeGreaterThanOrEqual(3);
        expect(parked[0]?.error).toBe('Error: card 411111******1111 is unknown');
        expect(parked[1]).toMatchObject({ error: null, attempts: 0 });
        expect(await bus.parked('testing.nobody')).toEqual([]);
        await until(async () => (await bus.status())[0]?.lag === 0);
        expect(await bus.status()).toMatchObject([{ parked: 3, lag: 0, state: 'live' }]);
      });

      it('keeps it parked over a restart', async () => {
        const first = await startBus(fragile('testing.kept'));
        await happen('bad', 1, 2);
        await until(async () => (await first.parked()).length === 1);
        await stopBus(first);
        const second = await startBus(fragile('testing.kept'));
        await happen('bad', 3);
        await until(async () => (await second.parked()).length === 2);
        expect(await numbers('testing.kept')).toEqual([1]);
      });

      it('replays what is parked in order, while new messages come in', async () => {
        const bus = await startBus(fragile('testing.replay'));
        await happen('bad', 1, 2, 3);
        await until(async () => (await bus.parked()).length === 2);
        const failed = await bus.replayParked();
        expect(failed.replayed).toBe(0);
        expect(failed.stillParked).toHaveLength(2);
        isMended = true;
        const coming = happen('bad', 4, 5, 6, 7, 8);
        let replayed = (await bus.replayParked({ key: `${CATEGORY}-bad` })).replayed;
        await coming;
        await happen('bad', 9);
        await until(async () => {
          replayed += (await bus.replayParked({ group: 'testing.replay' })).replayed;
          return (await effects('testing.replay')).length === 9;
        });
        expect(await numbers('testing.replay')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        expect(replayed).toBeGreaterThanOrEqual(2);
        expect(await bus.parked()).toEqual([]);
        await expect(bus.replayParked({ group: 'testing.nobody' })).rejects.toThrow(
          'no consumer group is named testing.nobody',
        );
      });
    });

    it('does not park a message behind one that is being replayed', async () => {
      let isMended = false;
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const bus = await startBus(
        recorder('testing.behind', async (message) => {
          if (numberOf(message) !== 1) return;
          if (!isMended) throw new Error('not now');
          await released;
        }),
      );
      await happen('a', 1);
      await until(async () => (await bus.parked()).length === 1);
      isMended = true;
      const replaying = bus.replayParked();
      await wait(50);
      await happen('a', 2);
      await wait(200);
      release();
      expect((await replaying).replayed).toBe(1);
      expect(await reached('testing.behind', 2)).toEqual([1, 2]);
      expect(await bus.parked()).toEqual([]);
    });

    it('halts for trouble of the database and parks nothing', async () => {
      const bus = await startBus(
        recorder('testing.halt', async (_message, session) => {
          await session.query('select 1 from not_there_yet');
        }),
      );
      await happen('a', 1);
      await until(async () => (await bus.status())[0]?.state === 'retrying');
      await wait(300);
      expect(await bus.parked()).toEqual([]);
      await fixture.database.query('create table not_there_yet ()');
      expect(await reached('testing.halt', 1)).toEqual([1]);
    });

    it('parks a message whose consumer hides an error that broke its transaction', async () => {
      const bus = await startBus(
        recorder('testing.hide', undefined, {
          handle: async (_message, session) => {
            await session.query("select 'x'::integer").catch(() => undefined);
          },
        }),
      );
      await happen('a', 1);
      await until(async () => (await bus.parked()).length === 1);
      await until(async () => (await bus.status())[0]?.lag === 0);
      expect((await bus.status())[0]).toMatchObject({ lag: 0, state: 'live' });
    });

    it('passes nothing over when it is stopped while a message is tried again', async () => {
      const tries: number[] = [];
      const stubborn = recorder('testing.stopped', (message) => {
        tries.push(numberOf(message));
        throw new Error('not now');
      });
      const first = await startBus(stubborn);
      await happen('a', 1, 2);
      await until(() => Promise.resolve(tries.length > 0));
      await stopBus(first);
      const parked = (await first.parked()).map(({ message }) => numberOf(message));
      await startBus(recorder('testing.stopped'));
      await happen('b', 3);
      await until(async () => (await numbers('testing.stopped', 'b')).length === 1);
      expect([...parked, ...(await numbers('testing.stopped', 'a'))]).toEqual([1, 2]);
    });

    it('lets others take over when the copy at work stops, in order and without doubles', async () => {
      const taken: number[] = [];
      const copies = await Promise.all(
        [0, 1, 2].map((copy) => startBus(recorder('testing.copies', () => void taken.push(copy)))),
      );
      const standingBy = async (): Promise<number> =>
        (await Promise.all(copies.map((copy) => copy.status()))).filter(
          ([one]) => one?.state === 'standby',
        ).length;
      for (let number = 0; number < 40; number += 1) await happen('a', number);
      await reached('testing.copies', 40);
      await until(async () => (await standingBy()) === copies.length - fixture.copiesAtWork);
      const worker = copies[taken.at(-1) ?? 0];
      if (worker) await stopBus(worker);
      for (let number = 40; number < 80; number += 1) await happen('a', number);
      await reached('testing.copies', 80);
      const inOrder = Array.from({ length: 80 }, (_, index) => index);
      expect(await numbers('testing.copies')).toEqual(inOrder);
    });

    it('refuses two consumers of one group and changes after its start', async () => {
      const bus = fixture.newBus();
      bus.subscribe(recorder('testing.twice'));
      expect(() => bus.subscribe(recorder('testing.twice'))).toThrow(/two consumers/);
      const started = await startBus();
      expect(() => started.subscribe(recorder('testing.late'))).toThrow(/started already/);
    });
  });
}
