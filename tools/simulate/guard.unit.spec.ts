import { host, type VirtualMachine } from './host';
import { notYet } from './not-yet';
import { guardedCrypto, guardedGlobals, MachineRefused, virtualGlobals } from './virtual-globals';

type Asked = (globals: ReturnType<typeof guardedGlobals>) => unknown;

/** As the compiled text of a module asks: by the name it is given in place of the global. */
const ASKS: readonly (readonly [string, Asked])[] = [
  ['Date.now', ({ Date: given }) => (given as DateConstructor).now()],
  ['new Date', ({ Date: given }) => new (given as DateConstructor)()],
  ['Math.random', ({ Math: given }) => (given as Math).random()],
  ['performance.now', ({ performance: given }) => (given as { now(): number }).now()],
  ['crypto.randomUUID', ({ crypto: given }) => (given as { randomUUID(): string }).randomUUID()],
  ['fetch', ({ fetch: given }) => (given as typeof fetch)('http://127.0.0.1')],
  ['setTimeout', ({ setTimeout: given }) => (given as typeof setTimeout)(() => 1, 1)],
  ['setInterval', ({ setInterval: given }) => (given as typeof setInterval)(() => 1, 1)],
  ['setImmediate', ({ setImmediate: given }) => (given as typeof setImmediate)(() => 1)],
];

describe('The guard of the simulation', () => {
  it.each(ASKS)('refuses %s to a feature, and names the file', (_name, ask) => {
    const globals = guardedGlobals('libs/remittance/feature/src/planted.js');
    expect(() => ask(globals)).toThrow(MachineRefused);
    expect(() => ask(globals)).toThrow('libs/remittance/feature/src/planted.js');
  });

  it('refuses chance from node:crypto to a feature, and leaves it the digests', () => {
    const crypto = guardedCrypto('planted.js') as unknown as typeof import('node:crypto');
    expect(() => crypto.randomUUID()).toThrow(MachineRefused);
    expect(() => crypto.randomBytes(1)).toThrow(MachineRefused);
    expect(crypto.createHash('sha256').update('a').digest('hex')).toMatch(/^ca978112/);
  });

  it('leaves a feature what needs neither time nor chance', () => {
    const { Date: given, Math: numbers } = guardedGlobals('planted.js');
    expect(new (given as DateConstructor)(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect((numbers as Math).max(1, 2)).toBe(2);
  });

  it('gives an adapter of the platform the time and the chance of the virtual machine', () => {
    const rung: number[] = [];
    host.run({
      wallMillis: () => 1_000,
      monotonicMillis: () => 5,
      random: () => 0.25,
      setTimer: (millis: number) => void rung.push(millis),
    } as unknown as VirtualMachine);
    const globals = virtualGlobals();
    expect((globals['Date'] as DateConstructor).now()).toBe(1_000);
    expect(new (globals['Date'] as DateConstructor)().getTime()).toBe(1_000);
    expect((globals['Math'] as Math).random()).toBe(0.25);
    expect((globals['performance'] as { now(): number }).now()).toBe(5);
    (globals['setTimeout'] as typeof setTimeout)(() => undefined, 40);
    expect(rung).toEqual([40]);
    host.run(null);
  });
});

describe('What is not simulated yet', () => {
  it('is told, line by line', () => {
    const { lines, overdue } = notYet(() => false);
    expect(lines).toContain('not yet: M9 instalment schedules');
    expect(overdue).toEqual([]);
  });

  it('is a failure once its piece is there', () => {
    const { overdue } = notYet((piece) => piece === 'libs/scheduler/domain');
    expect(overdue).toEqual([
      'M9 instalment schedules is still « not yet », though libs/scheduler/domain is there',
    ]);
  });
});
