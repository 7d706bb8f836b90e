import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { wholeFrom1 } from '../command-line/numbers';
import type { Detection, Detections } from './detection';
import { simulationPage } from './detections-page';
import { type Mutant, MUTANTS } from './mutants';
import type { Found, Search } from './mutants-worker';
import { Processes } from './processes';

type Options = {
  readonly search: boolean;
  readonly only?: string;
  readonly most: number;
};

const processes = new Processes<Search, Found>('mutants-worker');
const ROOT = join(__dirname, '..', '..', '..');
const RECORDED = join(ROOT, 'tools', 'simulate', 'detections.json');
const PAGE = join(ROOT, 'docs', 'simulation.md');
/**
 * The product goes on changing, and with it what a seed does: a fault that is seen on one of so many seeds
 * after the recorded one is seen. It is said, so that a search brings the record up to date.
 */
const DRIFT_SEEDS = 60;

const program = new Command('simulate:mutants')
  .description(
    'Plants each known fault in the services and expects the simulation to see it, on the seed recorded.',
  )
  .option('--search', 'search the detecting seeds anew, from the first on, and record them', false)
  .option('--only <name>', 'this mutant alone')
  .option('--most <count>', 'seeds to try at most in a search', wholeFrom1, 1000);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function recorded(): Detections {
  try {
    return JSON.parse(readFileSync(RECORDED, 'utf8')) as Detections;
  } catch {
    return {};
  }
}

async function formatted(text: string, parser: string, path: string): Promise<string> {
  const prettier = await import('prettier');
  return prettier.format(text, { ...(await prettier.resolveConfig(path)), parser });
}

/** Searches from the first seed on, and records what is found. */
async function search(mutants: readonly Mutant[], most: number): Promise<number> {
  const found: Record<string, Detection> = { ...recorded() };
  let missed = 0;
  const searches = mutants.map(({ name: mutant }) => ({ mutant, first: 1, most }));
  await processes.run(searches, ({ mutant }, { detection, stale }) => {
    if (detection) {
      found[mutant] = detection;
      say(`${mutant}: seed ${detection.seed}, ${detection.invariant}`);
    } else {
      missed += 1;
      say(`${mutant}: ${stale === null ? `NOT FOUND in ${most} seeds` : `FITS NOWHERE, ${stale}`}`);
    }
  });
  const known = new Set(MUTANTS.map(({ name }) => name));
  const kept = Object.fromEntries(
    Object.entries(found)
      .filter(([name]) => known.has(name))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  writeFileSync(RECORDED, await formatted(JSON.stringify(kept), 'json', RECORDED));
  writeFileSync(PAGE, await formatted(simulationPage(kept), 'markdown', PAGE));
  say(`${mutants.length - missed} of ${mutants.length} found`);
  return missed;
}

/** Each fault on the seed that is known to show it or soon after, and that seed without the fault. */
async function replay(mutants: readonly Mutant[]): Promise<number> {
  const known = recorded();
  const sound = new Map<number, string | null>();
  const drifts: number[] = [];
  const failures: string[] = [];
  const fail = (line: string): void => {
    failures.push(line);
    say(`FAILED ${line}`);
  };
  const searches = mutants.flatMap(({ name: mutant }) => {
    const first = known[mutant]?.seed;
    if (first !== undefined) return [{ mutant, first, most: 1 + DRIFT_SEEDS }];
    fail(`${mutant} has no recorded seed: run with --search`);
    return [];
  });
  await processes.run(searches, ({ mutant, first }, found) => {
    for (const [seed, breach] of found.sound) sound.set(seed, breach);
    const { detection, stale } = found;
    if (stale !== null) return fail(`${mutant} fits nowhere: ${stale}`);
    if (detection === null)
      return fail(`${mutant} is not seen on seed ${first} nor on the ${DRIFT_SEEDS} after it`);
    const drift = detection.seed - first;
    if (drift > 0) drifts.push(drift);
    const moved = drift > 0 ? `, ${drift} after the recorded one` : '';
    say(`${mutant}: ${detection.invariant} on seed ${detection.seed}${moved}`);
  });
  const broken = [...sound].filter(([, breach]) => breach !== null);
  for (const [seed, breach] of broken) fail(`seed ${seed} without a fault breaks ${breach}`);
  say(
    `${mutants.length} faults, ${failures.length} failures, ${sound.size - broken.length} seeds hold without them`,
  );
  if (drifts.length > 0)
    say(
      `${drifts.length} are seen later than recorded, by ${Math.max(...drifts)} seeds of ${DRIFT_SEEDS} at most: ` +
        'run with --search to record them anew',
    );
  return failures.length;
}

async function main(): Promise<void> {
  const { search: isSearch, only, most } = program.parse().opts<Options>();
  const mutants = MUTANTS.filter(({ name }) => only === undefined || name === only);
  if (mutants.length === 0) program.error(`no fault is named ${only}; see docs/simulation.md`);
  const failures = isSearch ? await search(mutants, most) : await replay(mutants);
  process.exitCode = failures === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
