import { join } from 'node:path';
import { Command, Option } from 'commander';
import { numberAbove0 } from '../command-line/numbers';
import { countFaults } from '../torture/accounting/check-commands';
import { percentile } from '../torture/report';
import { laboratoryFolder } from '../torture/world/postgres-victim';
import { type LoadReport, runLoad } from './load-run';

type Options = {
  readonly seconds: number;
  readonly rate: number;
  readonly seed: number;
  readonly arrangement: 'together' | 'apart';
  readonly kills: boolean;
  readonly killEvery: number;
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('load')
  .description('Loads the product at a constant rate, then adds everything up in three ways.')
  .option('--seconds <seconds>', 'length of the load', numberAbove0, 30)
  .option('--rate <count>', 'requests a second, whatever the answers take', numberAbove0, 60)
  .option('--seed <number>', 'of everything that is drawn', numberAbove0, 1)
  .addOption(
    new Option('--arrangement <how>', 'all in one process, or each service in its own')
      .choices(['together', 'apart'])
      .default('together'),
  )
  .option('--kills', 'kills parts of the product and its database meanwhile', false)
  .option('--kill-every <seconds>', 'seconds between two kills', numberAbove0, 20);

function timingLines({ timings }: LoadReport): string[] {
  return [...new Set(timings.map(({ kind }) => kind))].sort().map((kind) => {
    const millis = timings.filter((one) => one.kind === kind).map((one) => one.millis);
    const [half, most] = [percentile(millis, 50) ?? 0, percentile(millis, 99) ?? 0];
    return `${kind}: ${millis.length}, p50 ${half.toFixed(1)} ms, p99 ${most.toFixed(1)} ms`;
  });
}

function accountLines(report: LoadReport): string[] {
  const { faults, otherFaults, figures, calculations, commands, events, shed, strokes } = report;
  const unknown = commands.filter(({ unknownSince }) => unknownSince !== null).length;
  const different = figures.filter(({ isSame }) => !isSame);
  const turnover = figures.find(
    ({ shop, label }) => shop === null && label === 'Chiffre d’affaires',
  );
  return [
    `${commands.length} commands, ${unknown} unknown for a while, ${strokes.length} kills, ${shed} not sent because 5000 were under way; ${events} events`,
    `turnover: ${(turnover?.values ?? []).map((cents, index) => `${calculations[index]} ${(Number(cents) / 100).toFixed(2)} EUR`).join(', ')}`,
    `${figures.length} figures compared between ${calculations.join(', ')}: ${different.length} differ`,
    ...different.map(
      ({ shop, label, values }) => `  shop ${shop ?? 'all'} ${label}: ${values.join(' / ')}`,
    ),
    ...Object.entries(faults).flatMap(([kind, list]: [string, readonly string[]]) =>
      list.slice(0, 5).map((fault) => `  ${kind}: ${fault}`),
    ),
    ...otherFaults.slice(0, 10).map((fault) => `  ${fault}`),
  ];
}

async function main(): Promise<void> {
  const { kills, killEvery, ...options } = program.parse().opts<Options>();
  const folder = laboratoryFolder('load');
  try {
    const report = await runLoad({
      ...options,
      folder: folder.path,
      killEvery: kills ? killEvery : null,
      root: join(__dirname, '..', '..', '..'),
      say,
    });
    for (const line of [...timingLines(report), ...accountLines(report)]) say(line);
    const isExact =
      countFaults(report.faults) === 0 &&
      report.otherFaults.length === 0 &&
      report.figures.every(({ isSame }) => isSame);
    say(isExact ? 'exact' : 'NOT EXACT');
    process.exitCode = isExact ? 0 : 1;
  } finally {
    folder.remove();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
