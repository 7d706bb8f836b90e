import { Command } from 'commander';
import { numberAbove0 } from '../command-line/numbers';
import { percentile } from '../torture/report';
import { laboratoryFolder } from '../torture/world/postgres-victim';
import { checkRestores } from './restore-check';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('restore-check')
  .description(
    'Restores a base backup and its archive to instants of the past, and a logical backup into a new cluster.',
  )
  .option('--instants <count>', 'random instants that are restored', numberAbove0, 3)
  .option('--seconds <seconds>', 'how long the log is written', numberAbove0, 4)
  .option('--seed <number>', 'of the instants drawn', numberAbove0, 1);

async function main(): Promise<void> {
  const options = program.parse().opts<{ instants: number; seconds: number; seed: number }>();
  const folder = laboratoryFolder('restore-check');
  try {
    const report = await checkRestores({ ...options, folder: folder.path, say });
    const [half, most] = [50, 99].map((one) =>
      Math.round(percentile(report.recoveryMillis, one) ?? 0),
    );
    say(`RTO for ${report.events} events: p50 ${half} ms, p99 ${most} ms, verified and open again`);
    say(
      `RPO: ${report.lostWithTail} events with the last segment of the dead server, ${report.lostWithoutTail} with the archive alone`,
    );
    for (const fault of report.faults) say(`  ${fault}`);
    const isExact = report.faults.length === 0 && report.lostWithTail === 0;
    say(`${report.restores} restores, ${isExact ? 'all exact' : 'NOT exact'}`);
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
