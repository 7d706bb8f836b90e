import { Command } from 'commander';
import { wholeFrom1 } from '../command-line/numbers';
import { startBenchServer } from '../bench/server';
import { checkRebuilds } from './check';

type Options = {
  readonly events: number;
  readonly smallEvents: number;
  readonly otherNode: boolean;
  readonly fault?: string;
};

const program = new Command('rebuild-check')
  .description('Makes the read models again in every way and place, and compares all their rows.')
  .option('--events <count>', 'events of the log: 5000000', wholeFrom1, 50_000)
  .option('--small-events <count>', 'events folded one by one and in sevens', wholeFrom1, 2_000)
  .option('--no-other-node', 'leave out the second Node version')
  .option('--fault <name>', 'plant a fault that must be found: local-time');

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  if (options.fault !== undefined && options.fault !== 'local-time')
    program.error('the only fault is local-time');
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const server = await startBenchServer();
  try {
    const { findings, skipped } = await checkRebuilds(
      { ...options, hasLocalTimeFault: options.fault === 'local-time' },
      { createDatabase: server.createDatabase, say },
    );
    for (const { way, different } of findings)
      say(`${way}: ${different.length === 0 ? 'equal' : `DIFFERENT: ${different.join(', ')}`}`);
    for (const reason of skipped) say(`skipped ${reason}`);
    if (findings.some(({ different }) => different.length > 0)) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exitCode = 1;
});
