import { loadEngine, type SeedOptions, type SeedReport } from './engine';
import { doTasks } from './processes';

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

const OTHER_CODE = '987';

// Most errors here are refusals and outages, made by the thousand: their stacks cost more than they.
Error.stackTraceLimit = 0;

const engine = loadEngine();

doTasks(async ({ seed, options, isRepeated, hasOtherCode }: SeedTask): Promise<SeedOutcome> => {
  const before = process.cpuUsage();
  const report = await engine.runSeed(seed, options);
  const repeated = isRepeated ? await engine.runSeed(seed, options) : null;
  const withOtherCode = hasOtherCode
    ? await engine.runSeed(seed, { ...options, verificationCode: OTHER_CODE })
    : null;
  const { user, system } = process.cpuUsage(before);
  return { report, repeated, withOtherCode, cpuMillis: (user + system) / 1000 };
});
