import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { wholeFrom0 } from '../command-line/numbers';
import { laboratoryFolder } from '../torture/world/postgres-victim';
import { checkAppends } from './checkers/append-checker';
import { checkBank } from './checkers/bank-checker';
import { checkStreams } from './checkers/stream-checker';
import { toEdn, toJson } from './export';
import type { Anomaly, Operation } from './history';
import { runAppends } from './profiles/append-profile';
import { BANK_TOTAL, runBank } from './profiles/bank-profile';
import type { ProfileOptions } from './profiles/store-world';
import { runStreams } from './profiles/stream-profile';
import { VARIANTS, type Variant } from './variants';

const PROFILES = ['append', 'bank', 'stream'] as const;
type Profile = (typeof PROFILES)[number];

type Options = {
  readonly profile?: Profile;
  readonly seconds: number;
  readonly clients: number;
  readonly kills: number;
  readonly seed: number;
  readonly variant: Variant;
  readonly out?: string;
};

type Checked = {
  readonly operations: readonly Operation[];
  readonly anomalies: readonly Anomaly[];
};

const SHOWN = 8;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('history')
  .description(
    'Records what concurrent clients asked and were told under kills, and holds it to one order.',
  )
  .addOption(new Option('--profile <name>', 'one of them; default: all').choices(PROFILES))
  .option('--seconds <seconds>', 'length of each profile', wholeFrom0, 15)
  .option('--clients <count>', 'clients at the same time', wholeFrom0, 12)
  .option('--kills <count>', 'kills of each profile', wholeFrom0, 4)
  .option('--seed <number>', 'of everything that is drawn', wholeFrom0, 1)
  .addOption(
    new Option('--variant <name>', 'negative control: what is spoilt must be found')
      .choices(VARIANTS)
      .default('none'),
  )
  .option('--out <folder>', 'keeps the histories there, as JSON lines and as EDN');

async function check(profile: Profile, options: ProfileOptions): Promise<Checked> {
  switch (profile) {
    case 'append': {
      const operations = await runAppends(options);
      return { operations, anomalies: checkAppends(operations) };
    }
    case 'bank': {
      const operations = await runBank(options);
      return { operations, anomalies: checkBank(operations, BANK_TOTAL) };
    }
    case 'stream': {
      const { operations, events } = await runStreams(options);
      return { operations, anomalies: checkStreams(operations, events) };
    }
  }
}

function tell(profile: Profile, { operations, anomalies }: Checked): void {
  const of = (outcome: string) => operations.filter((one) => one.outcome === outcome).length;
  say(
    `${profile}: ${operations.length} operations, ${of('ok')} ok, ${of('fail')} fail, ${of('info')} info; ${anomalies.length} anomalies`,
  );
  const kinds = new Map<string, number>();
  for (const { kind } of anomalies) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  for (const [kind, count] of kinds) say(`  ${count} ${kind}`);
  for (const { kind, detail } of anomalies.slice(0, SHOWN)) say(`  ${kind}: ${detail}`);
}

function keep(folder: string, profile: Profile, operations: readonly Operation[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${profile}.jsonl`), `${toJson(operations)}\n`);
  writeFileSync(join(folder, `${profile}.edn`), `${toEdn(operations)}\n`);
}

async function main(): Promise<void> {
  const { profile, out, ...options } = program.parse().opts<Options>();
  let isGood = true;
  for (const one of profile === undefined ? PROFILES : [profile]) {
    const folder = laboratoryFolder('history');
    try {
      const checked = await check(one, { ...options, folder: folder.path });
      tell(one, checked);
      if (out !== undefined) keep(out, one, checked.operations);
      const isClean = checked.anomalies.length === 0;
      if (options.variant === 'none' ? !isClean : isClean) isGood = false;
    } finally {
      folder.remove();
    }
  }
  if (options.variant !== 'none')
    say(isGood ? 'the control was found' : 'the control was NOT found: the checker is blind');
  process.exitCode = isGood ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
