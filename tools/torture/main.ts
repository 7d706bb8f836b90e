import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeFrom0 } from '../command-line/numbers';
import { tortureProduct } from './product-torture';
import { isSound, productLines, storeLines } from './report';
import { tortureStore } from './store/store-torture';
import { CONTEXTS } from './world/fleet';
import { laboratoryFolder } from './world/postgres-victim';

type Options = {
  readonly targets: readonly string[];
  readonly workload: 'store' | 'product' | 'both';
  readonly arrangement: 'together' | 'apart';
  readonly kills: number;
  readonly seconds: number;
  readonly clients: number;
  readonly seed: number;
  readonly pauses: number;
  readonly pauseSeconds: number;
  readonly control: boolean;
};

const TARGETS = ['postgres', ...CONTEXTS, 'acquirer-simulator', 'relay', 'kafka'];

function targets(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !TARGETS.includes(name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`${unknown.join(', ')}: there are ${TARGETS.join(', ')}`);
  return names;
}

const program = new Command('torture')
  .description(
    'Kills the parts of a running product at random instants, under load, and keeps exact accounts.',
  )
  .option('--targets <names>', `of ${TARGETS.join(', ')}`, targets, [
    'postgres',
    'authorization',
    'cashdesk',
    'remittance',
    'scheduler',
  ])
  .addOption(
    new Option('--workload <which>', 'the store alone under kills of its server, the product, both')
      .choices(['store', 'product', 'both'])
      .default('both'),
  )
  .addOption(
    new Option('--arrangement <how>', 'all in one process, or each service in its own')
      .choices(['together', 'apart'])
      .default('apart'),
  )
  .option('--kills <count>', 'kills and pauses of each workload', wholeFrom0, 12)
  .option('--seconds <seconds>', 'time they are spread over', wholeFrom0, 45)
  .option('--clients <count>', 'clients at the same time', wholeFrom0, 16)
  .option('--seed <number>', 'of everything that is drawn', wholeFrom0, 1)
  .option('--pauses <percent>', 'share of pauses among the kills', wholeFrom0, 10)
  .option('--pause-seconds <seconds>', 'length of a pause; leases last 6', wholeFrom0, 8)
  .option('--control', 'negative control: the store with synchronous_commit=off must lose', false);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = laboratoryFolder('torture');
  try {
    return await work(folder.path);
  } finally {
    folder.remove();
  }
}

/** Whether the store kept its word, or, as a control, was seen to break it. */
async function runStore(options: Options, isControl: boolean): Promise<boolean> {
  say(isControl ? '— the store with synchronous_commit=off —' : '— the store —');
  const report = await inFolder((folder) =>
    tortureStore({
      ...options,
      folder,
      writers: options.clients * 2,
      pausePercent: options.pauses,
      pauseMillis: 2_000,
      synchronousCommit: isControl ? 'off' : 'on',
    }),
  );
  for (const line of storeLines(report)) say(line);
  if (!isControl) return report.lost === 0 && report.faults.length === 0;
  if (report.lost === 0) say('the control lost nothing: this run proves nothing, use more kills');
  return report.lost > 0;
}

async function runProduct(options: Options): Promise<boolean> {
  say(`— the product, ${options.arrangement}: ${options.targets.join(', ')} —`);
  const report = await inFolder((folder) =>
    tortureProduct({
      ...options,
      folder,
      pausePercent: options.pauses,
      pauseMillis: options.pauseSeconds * 1_000,
      say,
    }),
  );
  for (const line of productLines(report)) say(line);
  return isSound(report);
}

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  const results: boolean[] = [];
  if (options.control) results.push(await runStore(options, true));
  else {
    if (options.workload !== 'product' && options.targets.includes('postgres'))
      results.push(await runStore(options, false));
    if (options.workload !== 'store') results.push(await runProduct(options));
  }
  const isGood = results.every(Boolean);
  say(isGood ? 'kept' : 'BROKEN');
  process.exitCode = isGood ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
