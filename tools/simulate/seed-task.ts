import type { Engine, SeedOptions, SeedReport } from './engine';

/** A seed to run, and how often. */
export type SeedTask = {
  readonly seed: string;
  readonly options: SeedOptions;
  /** Once more: it must give the same log. */
  readonly isRepeated: boolean;
  /** Once more with another verification code: it must store the same bytes. */
  readonly hasOtherCode: boolean;
};

/** What the runs of a seed led to, and the processor time of them all. */
export type SeedOutcome = {
  readonly report: SeedReport;
  readonly repeated: SeedReport | null;
  readonly withOtherCode: SeedReport | null;
  readonly cpuMillis: number;
};

/** The verification code of a run that must store what the run with the usual one stores. */
export const OTHER_CODE = '987';

/** Runs a seed as often as the task asks; `onLog` hears what the product logs in the first run. */
export async function runTask(
  engine: Engine,
  { seed, options, isRepeated, hasOtherCode }: SeedTask,
  onLog?: (line: string) => void,
): Promise<SeedOutcome> {
  const before = process.cpuUsage();
  const report = await engine.runSeed(seed, onLog ? { ...options, onLog } : options);
  const repeated = isRepeated ? await engine.runSeed(seed, options) : null;
  const withOtherCode = hasOtherCode
    ? await engine.runSeed(seed, { ...options, verificationCode: OTHER_CODE })
    : null;
  const { user, system } = process.cpuUsage(before);
  return { report, repeated, withOtherCode, cpuMillis: (user + system) / 1000 };
}
