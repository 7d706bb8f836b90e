import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const RUN = join(ROOT, 'tools', 'bin', 'run.js');
/** A few seeds: the short run of CI is `npm run simulate`. */
const SEEDS = 6;
/** One whose messages go over a broker. */
const SEED_WITH_BROKER = 8;
const LIMIT_MILLIS = 240_000;

type Ended = { readonly status: number | null; readonly output: string };

function run(entry: string, parameters: readonly string[], environment: object = {}): Ended {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [RUN, `tools/simulate/${entry}`, ...parameters],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...environment }, timeout: LIMIT_MILLIS },
  );
  return { status, output: `${stdout}${stderr}` };
}

function hashOf({ output }: Ended): string {
  return /^ {2}log ([0-9a-f]{64})$/m.exec(output)?.[1] ?? `no log in: ${output}`;
}

describe('The simulation', () => {
  it(
    'holds every invariant on its first seeds, and tells what it did',
    () => {
      const { status, output } = run('main', ['--seeds', String(SEEDS)]);
      expect(output).toContain('all hold');
      expect(output).toMatch(/\d+ seeds per hour and core, \d+ × real time/);
      expect(output).toContain('not yet: M9 instalment schedules');
      expect(status).toBe(0);
    },
    LIMIT_MILLIS,
  );

  it(
    'P6 gives the same log in another process, another time zone and another locale',
    () => {
      const here = hashOf(run('main', ['--seed', '2']));
      const there = { TZ: 'Pacific/Kiritimati', LANG: 'fr_FR.UTF-8', LC_ALL: 'fr_FR.UTF-8' };
      expect(hashOf(run('main', ['--seed', '2'], there))).toBe(here);
      expect(here).toMatch(/^[0-9a-f]{64}$/);
    },
    LIMIT_MILLIS,
  );

  it(
    'loads neither HTTP, nor pg, nor kafkajs, nor TypeORM',
    () => {
      const script = `
        require(${JSON.stringify(join(ROOT, 'tools/build/build.js'))}).build();
        const { loadEngine } = require(${JSON.stringify(join(ROOT, 'dist/tools/simulate/engine.js'))});
        loadEngine();
        const loaded = Object.keys(require.cache);
        const banned = /node_modules\\/(pg|kafkajs|typeorm|fastify|undici|@nestjs)\\//;
        console.log(JSON.stringify(loaded.filter((path) => banned.test(path))));`;
      const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      expect(stdout.trim()).toBe('[]');
    },
    LIMIT_MILLIS,
  );
});

describe('A broker that puts messages of one key out of order', () => {
  it(
    'P5 breaks the seed, which holds with a broker that keeps their order',
    () => {
      const seed = String(SEED_WITH_BROKER);
      const hostile = run('main', ['--seed', seed, '--no-faults', '--hostile']);
      expect(hostile.output).toContain('"bus":"kafka"');
      expect(hostile.output).toMatch(/BROKEN P5/);
      expect(hostile.status).toBe(1);
      const orderly = run('main', ['--seed', seed, '--no-faults']);
      expect(orderly.output).toContain(`seed ${seed}: holds`);
    },
    LIMIT_MILLIS,
  );
});

describe('A planted fault', () => {
  it.each([
    ['a capture above the authorisation', 'capture-above-authorised', 'M1'],
    ['an acquirer asked before the intent is recorded', 'asked-before-recorded', 'M12'],
    ['a feature that draws chance', 'chance-in-a-feature', 'CRASH'],
    ['a relay that notes what is not acknowledged', 'relayed-before-acknowledged', 'P5'],
  ])(
    '%s is seen, and the seed holds without it',
    (_title, name, invariant) => {
      const { status, output } = run('mutants-main', ['--only', name]);
      expect(output).toContain(`${name}: ${invariant} on seed`);
      expect(output).toContain('0 failures');
      expect(status).toBe(0);
    },
    LIMIT_MILLIS,
  );
});
