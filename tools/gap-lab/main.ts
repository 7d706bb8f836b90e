import { Command, InvalidArgumentError } from 'commander';
import { startBenchServer } from '../bench/server';
import { tryClassicDesigns } from './classic-designs';
import type { Finding } from './laboratory';
import { tryOurDesign } from './our-design';

type Options = {
  readonly writers: number;
  readonly seconds: number;
  readonly commitDelay: { readonly from: number; readonly to: number };
};

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is needed');
  return value;
}

function range(text: string): { from: number; to: number } {
  const match = /^(\d+)\.\.(\d+)(?:ms)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('a range such as 0..50ms is needed');
  return { from: Number(match[1]), to: Number(match[2]) };
}

const program = new Command('gap-lab')
  .description(
    'Shows which ways of reading an event log lose or reorder events, and that ours does not.',
  )
  .option('--writers <count>', 'writers at the same time, 150 at most', positive, 16)
  .option('--seconds <seconds>', 'how long the writers of each design write', positive, 8)
  .option('--commit-delay <range>', 'milliseconds between write and commit', range, {
    from: 0,
    to: 5,
  });

function line({ design, appended, lost, inverted, isDense }: Finding): string {
  const share = appended === 0 ? 0 : (100 * lost) / appended;
  const dense = isDense === null ? '' : isDense ? ', dense' : ', NOT DENSE';
  return `${design}: ${appended} appended, ${lost} lost (${share.toFixed(1)} %), ${inverted} inverted${dense}`;
}

/** A control that finds nothing proves nothing: the laboratory itself has failed then. */
function complaints(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ design, appended, lost, inverted, isDense }) => {
    if (design.startsWith('ours')) {
      const isSound = lost === 0 && inverted === 0 && isDense === true && appended > 0;
      return isSound ? [] : [`${design} broke its promise`];
    }
    if (design === 'xid only') return inverted > 0 ? [] : ['xid only was not seen to invert'];
    return lost >= appended / 100 ? [] : [`${design} was not seen to lose 1 %`];
  });
}

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  const server = await startBenchServer();
  try {
    const findings: Finding[] = [];
    for (const attempt of [tryClassicDesigns, tryOurDesign]) {
      const found = await attempt({ ...options, url: await server.createDatabase() });
      for (const finding of found) process.stdout.write(`${line(finding)}\n`);
      findings.push(...found);
    }
    for (const complaint of complaints(findings)) {
      process.stderr.write(`${complaint}\n`);
      process.exitCode = 1;
    }
  } finally {
    await server.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
