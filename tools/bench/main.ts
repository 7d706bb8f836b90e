import { Command } from 'commander';
import { numberAbove0, wholeFrom1 } from '../command-line/numbers';
import type { Row } from './bench';
import { closeReadBenches } from './read-model.bench';
import { BENCHES } from './registry';
import { render, summarise } from './report';
import { startBenchServer } from './server';

type Options = {
  readonly only?: string[];
  readonly json?: true;
  readonly check?: true;
  readonly runs: number;
  readonly seconds: number;
  readonly transactions: number;
  readonly due: number;
};

const program = new Command('bench')
  .description('Measures the product against its peers in the same run, ratios last.')
  .option('--only <name...>', `one or more of ${BENCHES.map(({ name }) => name).join(', ')}`)
  .option('--json', 'print the summaries as JSON')
  .option('--check', 'exit 1 when a goal is missed')
  .option('--runs <count>', 'how often each bench runs', wholeFrom1, 3)
  .option('--seconds <seconds>', 'how long each side of a comparison is measured', numberAbove0, 8)
  .option('--transactions <count>', 'transactions of the big log', wholeFrom1, 1_000_000)
  .option('--due <count>', 'transactions due at the telecollection', wholeFrom1, 100_000);

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  const chosen = BENCHES.filter(({ name }) => options.only?.includes(name) ?? true);
  if (chosen.length === 0) program.error(`no bench is named ${options.only?.join(', ') ?? ''}`);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const server = await startBenchServer();
  const rows: Row[] = [];
  try {
    for (let run = 1; run <= options.runs; run += 1) {
      for (const { name, run: measure } of chosen) {
        say(`run ${run} of ${options.runs}: ${name}`);
        const { createDatabase } = server;
        rows.push(...(await measure({ ...options, createDatabase, say })));
      }
    }
  } finally {
    await closeReadBenches();
    await server.stop();
  }
  const summaries = summarise(rows);
  process.stdout.write(
    `${options.json === true ? JSON.stringify(summaries, null, 2) : render(summaries)}\n`,
  );
  if (options.check === true && summaries.some(({ isReached }) => !isReached)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
