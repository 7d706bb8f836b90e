import { execFileSync } from 'node:child_process';
import { Command, InvalidArgumentError } from 'commander';
import { loadEngine, type SeedOptions, type SeedReport } from './engine';
import { notYet } from './not-yet';
import { RunningTotal } from './running-total';

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

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('a whole number is needed');
  return value;
}

const program = new Command('simulate')
  .description(
    'Runs the services on a virtual machine, with faults, and checks what must always hold.',
  )
  .option('--seeds <count>', 'how many seeds to run', whole, 200)
  .option('--seed <seed>', 'run this one seed and show everything about it')
  .option('--from <number>', 'the first of the seeds', whole, 1)
  .option('--no-faults', 'leave the faults out')
  .option('--hostile', 'the broker puts messages of one key out of order: seeds must break', false)
  .option('--no-kafka', 'run over the log alone what the draw runs over the simulated broker')
  .option('--log', 'show what the product logs', false)
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
  // Most errors here are refusals and outages, made by the thousand: their stacks cost more than they.
  if (options.seed === undefined) Error.stackTraceLimit = 0;
  const engine = loadEngine();
  const seedOptions: SeedOptions = {
    hasFaults: options.faults,
    isHostile: options.hostile,
    hasKafka: options.kafka,
    ...(options.log ? { onLog: say } : {}),
  };
  const version = commit();
  const total = new RunningTotal();
  const seeds = options.seed === undefined ? range(options.from, options.seeds) : [options.seed];
  for (const [index, seed] of seeds.entries()) {
    const report = await engine.runSeed(seed, seedOptions);
    total.add(report);
    if (options.json) say(JSON.stringify({ commit: version, ...report }));
    else if (options.seed !== undefined || report.broken) say(describeSeed(report));
    if (index % REPEAT_EVERY === 0)
      total.compare(report, await engine.runSeed(seed, seedOptions), 'P6');
    if (index % OTHER_CODE_EVERY === 1)
      total.compare(
        report,
        await engine.runSeed(seed, { ...seedOptions, verificationCode: '987' }),
        'S2',
      );
  }
  for (const line of total.lines(version)) say(line);
  const { lines, overdue } = notYet();
  for (const line of [...lines, ...overdue]) say(line);
  return total.isSound && overdue.length === 0 ? 0 : 1;
}

function range(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index));
}

void main().then((code) => {
  process.exitCode = code;
});
