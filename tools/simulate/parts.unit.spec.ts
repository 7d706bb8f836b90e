import { instant, parisInstant, businessDay, businessDayOf, addDays } from '@encaisse/kernel';
import { host } from './host';
import { daysFrom, parisDay } from './world/calendar';
import { Chance } from './world/chance';
import { Conditions } from './world/conditions';
import { giveImmediate, Machine, SimulatedProcess } from './world/machine';
import { SimulatedServer } from './world/server';
import { Transaction, takeBack, type Tables } from './world/tables';

giveImmediate((work) => void setImmediate(work));

describe('Chance', () => {
  it('gives the same numbers for the same seed, wherever it is asked', () => {
    const draw = () =>
      Array.from(
        { length: 5 },
        (
          (chance) => () =>
            chance.next()
        )(new Chance('1')),
      );
    expect(draw()).toEqual(draw());
    expect(draw()).toEqual([3619116757, 3521214030, 874361423, 77984054, 3537562577]);
  });

  it('keeps forked streams apart from how often others are asked', () => {
    const first = new Chance('1');
    first.next();
    expect(first.fork('a').next()).toBe(new Chance('1').fork('a').next());
  });
});

describe('The virtual machine', () => {
  const started = () => new Machine(Date.UTC(2026, 0, 1), new Chance('machine'));

  it('runs events in the order of their time, and nothing of a dead process', async () => {
    const machine = started();
    host.run(machine);
    const told: string[] = [];
    const victim = new SimulatedProcess('victim');
    machine.in(30, null, () => told.push('late'));
    machine.in(20, victim, () => told.push('dead'));
    machine.in(10, null, () => {
      told.push('early');
      victim.isDead = true;
    });
    await machine.run(() => told.includes('late'), Infinity);
    expect(told).toEqual(['early', 'late']);
    expect(machine.monotonicMillis()).toBe(30);
  });

  it('holds the events of a paused process back until it wakes', async () => {
    const machine = started();
    const paused = new SimulatedProcess('paused');
    paused.pausedUntil = 500;
    let ranAt = 0;
    machine.in(10, paused, () => (ranAt = machine.now));
    await machine.run(() => ranAt > 0, Infinity);
    expect(ranAt).toBe(500);
  });

  it('is suspended until the next appointment: the wall clock jumps, the monotonic one stands', async () => {
    const machine = started();
    let isThere = false;
    machine.atWall(Date.UTC(2026, 0, 3), () => (isThere = true));
    machine.setTimer(1000, () => undefined, true);
    await machine.run(() => isThere, 1300);
    expect(machine.wall).toBe(Date.UTC(2026, 0, 3));
    expect(machine.now).toBeLessThan(5000);
  });
});

describe('The calendar the product is checked with', () => {
  it('agrees with the kernel at both clock changes, leap days and year ends', () => {
    for (const first of ['2026-03-27', '2026-10-23', '2028-02-27', '2026-12-30'])
      for (let hour = 0; hour < 96; hour += 1) {
        const at = new Date(Date.parse(`${first}T00:00:00.000Z`) + hour * 3_600_000).toISOString();
        expect(parisDay(at)).toBe(businessDayOf(instant(at)));
      }
    expect(parisDay(parisInstant(businessDay('2026-03-29'), '00:00'))).toBe('2026-03-29');
    expect(daysFrom('2026-02-27', addDays(businessDay('2026-02-27'), 75))).toBe(75);
  });
});

describe('A transaction of the simulated server', () => {
  it('is seen by others once committed, and can be taken back', () => {
    const tables: Tables = new Map();
    const transaction = new Transaction(tables, false);
    transaction.put('a.b', '1', { value: 1 });
    expect(new Transaction(tables, false).get('a.b', '1')).toBeUndefined();
    expect(transaction.get('a.b', '1')).toEqual({ value: 1 });
    const undo = transaction.apply();
    expect(new Transaction(tables, false).all('a.b')).toEqual([{ value: 1 }]);
    takeBack(tables, undo);
    expect(new Transaction(tables, false).all('a.b')).toEqual([]);
  });

  it('refuses a second row of one key', () => {
    const tables: Tables = new Map([['a.b', new Map([['1', {}]])]]);
    expect(() => new Transaction(tables, false).insert('a.b', '1', {})).toThrow('duplicate key');
  });
});

describe('A lock of the simulated server', () => {
  const GROUP = 'select position from bus.consumer_groups where group_name = $1 for update';
  const GROUP_AND_PARTITION =
    'select g.position as passed, p.next_offset from bus.consumer_groups g join bus.partitions p ' +
    'using (group_name) where p.group_name = $1 and p.topic = $2 and p.partition = $3 ' +
    'for share of g for update of p';
  const PARAMETERS = ['a-group', 'a-topic', 0];

  const started = () => {
    const machine = new Machine(Date.UTC(2026, 0, 1), new Chance('machine'));
    host.run(machine);
    return new SimulatedServer(machine, new Conditions(new Chance('conditions'), new Set()));
  };

  it('is not left with a transaction whose process died while it waited for another', async () => {
    const server = started();
    const [holder, victim, next] = ['holder', 'victim', 'next'].map(
      (name) => new SimulatedProcess(name),
    ) as [SimulatedProcess, SimulatedProcess, SimulatedProcess];
    const held = server.begin(holder);
    await server.execute(holder, held, GROUP, PARAMETERS);
    const waiting = server.begin(victim);
    const refused = server.execute(victim, waiting, GROUP_AND_PARTITION, PARAMETERS);
    server.forget(victim);
    await expect(refused).rejects.toThrow('Connection terminated');
    server.commit(holder, held);
    const later = server.execute(next, server.begin(next), GROUP_AND_PARTITION, PARAMETERS);
    expect(await later).toEqual([]);
  });

  it('is not given to a session of a process that died before it was asked for', async () => {
    const server = started();
    const victim = new SimulatedProcess('victim');
    victim.isDead = true;
    expect(() => server.lockSession(victim, 'a-name')).toThrow('Connection terminated');
    await server.lockSession(new SimulatedProcess('next'), 'a-name');
  });
});
