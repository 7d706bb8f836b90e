import { type Engine, loadEngine } from './engine';
import type { Mutant } from './mutants';
import { OTHER_CODE } from './seed-task';

/** Where a planted fault was seen first. */
export type Detection = { readonly seed: number; readonly invariant: string };

/** By the name of the mutant. */
export type Detections = Readonly<Record<string, Detection>>;

/** What seeds do without any fault planted. One that breaks then shows nothing of a fault. */
export class SoundSeeds {
  private readonly known = new Map<number, string | null>();

  constructor(private readonly engine: Engine) {}

  async holds(seed: number): Promise<boolean> {
    let breach = this.known.get(seed);
    if (breach === undefined) {
      const { broken } = await this.engine.runSeed(String(seed));
      this.known.set(seed, (breach = broken?.message ?? null));
    }
    return breach === null;
  }

  /** Those that were run, each with what it breaks, or null. */
  get breaches(): readonly (readonly [seed: number, breach: string | null])[] {
    return [...this.known];
  }
}

/**
 * Runs seeds with a fault planted until an invariant breaks that holds without it. Throws StalePatch
 * when it fits nowhere.
 */
export async function detect(
  mutant: Mutant,
  firstSeed: number,
  most: number,
  sound: SoundSeeds,
): Promise<Detection | null> {
  const engine = loadEngine(mutant.patches);
  for (let seed = firstSeed; seed < firstSeed + most; seed += 1) {
    const invariant = await brokenBy(engine, mutant, seed);
    if (invariant !== null && (await sound.holds(seed))) return { seed, invariant };
  }
  return null;
}

async function brokenBy(engine: Engine, mutant: Mutant, seed: number): Promise<string | null> {
  const report = await engine.runSeed(String(seed));
  if (report.broken) return report.broken.invariant;
  if (mutant.isAboutCode !== true) return null;
  const other = await engine.runSeed(String(seed), { verificationCode: OTHER_CODE });
  return other.hash === report.hash ? null : 'S2';
}
