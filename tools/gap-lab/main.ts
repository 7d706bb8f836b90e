import { Command, InvalidArgumentError } from 'commander';
import { numberAbove0 } from '../command-line/numbers';
import { PostgresVictim, laboratoryFolder } from '../torture/world/postgres-victim';
import { tryClassicDesigns } from './classic-designs';
import { type Finding, STREAMS } from './laboratory';
import { tryOurDesign } from './our-design';
import { type Stall, tryStalls } from './stalls';

type Options = {
  readonly writers: number;
  readonly seconds: number;
  readonly appends?: number;
  readonly inFlight: number;
  readonly streams: number;
  readonly commitDelay: { readonly from: number; readonly to: number };
};

function range(text: string): { from: number; to: number } {
  const match = /^(\d+)\.\.(\d+)(?:ms)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('a range such as 0..50ms is needed');
  return { from: Number(match[1]), to: Number(match[2]) };
}

const program = new Command('gap-lab')
  .description(
    'Shows which ways of reading an event log lose or reorder events, and that ours does not.',
  )
  .option('--writers <count>', 'writers at the same time, 150 at most', numberAbove0, 64)
  .option('--seconds <seconds>', 'how long the writers of each design write', numberAbove0, 8)
  .option(
    '--appends <count>',
    'appends of our design, instead of its seconds: 10000000',
    numberAbove0,
  )
  .option('--in-flight <count>', 'appends each writer of ours has under way', numberAbove0, 1)
  .option('--streams <count>', 'streams they all write to', numberAbove0, STREAMS)
  .option('--commit-delay <range>', 'milliseconds between write and commit', range, {
    from: 0,
    to: 5,
  });

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function line({ design, appended, lost, inverted, isDense }: Finding): string {
  const share = appended === 0 ? 0 : (100 * lost) / appended;
  const dense = isDense === null ? '' : isDense ? ', dense' : ', NOT DENSE';
  return `${design}: ${appended} appended, ${lost} lost (${share.toFixed(1)} %), ${inverted} inverted${dense}`;
}

function stallLine({ neighbour, appended, seenByXid, seenByOurs }: Stall): string {
  return `${neighbour}: of ${appended} appends, a reader by transaction number shows ${seenByXid}, ours ${seenByOurs}`;
}

/** A control that finds nothing proves nothing: the laboratory itself has failed then. */
function complaints(findings: readonly Finding[], stalls: readonly Stall[]): string[] {
  const broken = findings.flatMap(({ design, appended, lost, inverted, isDense }) => {
    if (design.startsWith('ours')) {
      const isSound = lost === 0 && inverted === 0 && isDense === true && appended > 0;
      return isSound ? [] : [`${design} broke its promise`];
    }
    if (design === 'xid only') return inverted > 0 ? [] : ['xid only was not seen to invert'];
    return lost >= appended / 100 ? [] : [`${design} was not seen to lose 1 %`];
  });
  const delayed = stalls
    .filter(({ appended, seenByOurs }) => seenByOurs < appended)
    .map(({ neighbour }) => `ours stalled behind ${neighbour}`);
  const control = stalls.some(({ seenByXid }) => seenByXid === 0)
    ? []
    : ['a reader by transaction number was not seen to stall'];
  return [...broken, ...delayed, ...control];
}

/** Tells about once in ten seconds how far a long run is. */
function progress(appends: number | undefined) {
  if (appends === undefined) return undefined;
  const start = performance.now();
  let told = start;
  return (appended: number): void => {
    const now = performance.now();
    if (now - told < 10_000) return;
    told = now;
    const rate = Math.round(appended / ((now - start) / 1_000));
    const share = ((100 * appended) / appends).toFixed(1);
    process.stderr.write(`${appended} of ${appends} (${share} %), ${rate} a second\n`);
  };
}

async function main(): Promise<void> {
  const { appends, inFlight, streams, ...options } = program.parse().opts<Options>();
  const folder = laboratoryFolder('gap-lab');
  const server = await PostgresVictim.start({
    dataDir: folder.path,
    settings: { max_prepared_transactions: '20', max_connections: '250' },
  });
  try {
    const elsewhereUrl = await server.createDatabase('elsewhere');
    const classic = { ...options, url: await server.createDatabase('classic') };
    const findings = await tryClassicDesigns(classic);
    findings.forEach((finding) => say(line(finding)));
    const url = await server.createDatabase('ours');
    const found = await tryOurDesign({
      ...options,
      writers: options.writers * inFlight,
      appends,
      streams,
      url,
      elsewhereUrl,
      onProgress: progress(appends),
    });
    found.forEach((finding) => say(line(finding)));
    const stalls = await tryStalls(await server.createDatabase('stalls'), elsewhereUrl);
    stalls.forEach((stall) => say(stallLine(stall)));
    for (const complaint of complaints([...findings, ...found], stalls)) {
      process.stderr.write(`${complaint}\n`);
      process.exitCode = 1;
    }
  } finally {
    await server.stop();
    folder.remove();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
