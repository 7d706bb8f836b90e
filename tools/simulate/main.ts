import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { wholeFrom1 } from '../command-line/numbers';
import { loadEngine, type SeedOptions, type SeedReport } from './engine';
import { notYet } from './not-yet';
import { Processes } from './processes';
import { RunningTotal } from './running-total';
import { runTask, type SeedOutcome, type SeedTask } from './seed-task';

type Options = {
  readonly seeds: number;
  readonly seed?: string;
  readonly from: number;
  readonly faults: boolean;
  readonly hostile: boolean;
  readonly kafka: boolean;
  readonly log: boolean;
  readonly json: boolean;
};

/** One seed in so many is run a second time, and must give the same log. */
const REPEAT_EVERY = 50;
/** One seed in so many is run with another verification code, and must store the same bytes. */
const OTHER_CODE_EVERY = 100;
/** Told where results are not written, so that a pipe gets these alone. */
const PROGRESS_EVERY = 100;

const program = new Command('simulate')
  .description(
    'Runs the services on a virtual machine, with faults, and checks what must always hold.',
  )
  .option('--seeds <count>', 'how many seeds to run', wholeFrom1, 200)
  .option('--seed <seed>', 'run this one seed and show everything about it')
  .option('--from <number>', 'the first of the seeds', wholeFrom1, 1)
  .option('--no-faults', 'leave the faults out')
  .option('--hostile', 'the broker puts messages of one key out of order: seeds must break', false)
  .option('--no-kafka', 'run over the log alone what the draw runs over the simulated broker')
  .option('--log', 'with --seed: show what the product logs', false)
  .option('--json', 'one line of JSON per seed', false);

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describeSeed({ plan, hash, events, commands, broken, faults }: SeedReport): string {
  const { seed, ...drawn } = plan;
  const counts = Object.entries(faults).map(([kind, count]) => `${kind}×${count}`);
  return [
    `seed ${seed}: ${broken ? `BROKEN ${broken.message}` : 'holds'}`,
    `  drawn ${JSON.stringify(drawn)}`,
    `  ${commands} commands, ${events} events, faults ${counts.join(' ') || 'none'}`,
    `  log ${hash}`,
  ].join('\n');
}

async function main(): Promise<number> {
  const options = program.parse().opts<Options>();
  const seedOptions: SeedOptions = {
    hasFaults: options.faults,
    isHostile: options.hostile,
    hasKafka: options.kafka,
  };
  const version = commit();
  const total = new RunningTotal();
  const book = (outcome: SeedOutcome): void => {
    total.add(outcome);
    const { report } = outcome;
    if (options.json) say(JSON.stringify({ commit: version, ...report }));
    else if (options.seed !== undefined || report.broken) say(describeSeed(report));
  };
  if (options.seed !== undefined) {
    const task = {
      seed: options.seed,
      options: seedOptions,
      isRepeated: true,
      hasOtherCode: false,
    };
    book(await runTask(loadEngine(), task, options.log ? say : undefined));
  } else await many(range(options.from, options.seeds), seedOptions, book);
  for (const line of total.lines(version)) say(line);
  const { lines, overdue } = notYet();
  for (const line of [...lines, ...overdue]) say(line);
  return total.isSound && overdue.length === 0 ? 0 : 1;
}

/** Many seeds, on every core. */
async function many(
  seeds: readonly string[],
  options: SeedOptions,
  book: (outcome: SeedOutcome) => void,
): Promise<void> {
  const tasks = seeds.map((seed, index) => ({
    seed,
    options,
    isRepeated: index % REPEAT_EVERY === 0,
    hasOtherCode: index % OTHER_CODE_EVERY === 1,
  }));
  const processes = new Processes<SeedTask, SeedOutcome>('seeds-worker');
  let done = 0;
  await processes.run(tasks, (_task, outcome) => {
    book(outcome);
    done += 1;
    if (done % PROGRESS_EVERY === 0) process.stderr.write(`${done} of ${seeds.length} seeds\n`);
  });
}

function range(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index));
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  },
);
