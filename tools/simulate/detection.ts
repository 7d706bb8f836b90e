import { loadEngine } from './engine';
import type { Mutant } from './mutants';

/** Where a planted fault was seen first. */
export type Detection = { readonly seed: number; readonly invariant: string };

/** By the name of the mutant. */
export type Detections = Readonly<Record<string, Detection>>;

const OTHER_CODE = '987';

/** Runs seeds with a fault planted until an invariant breaks. Throws StalePatch when it fits nowhere. */
export async function detect(
  mutant: Mutant,
  firstSeed: number,
  most: number,
): Promise<Detection | null> {
  const engine = loadEngine(mutant.patches);
  for (let seed = firstSeed; seed < firstSeed + most; seed += 1) {
    const report = await engine.runSeed(String(seed));
    if (report.broken) return { seed, invariant: report.broken.invariant };
    if (mutant.isAboutCode !== true) continue;
    const other = await engine.runSeed(String(seed), { verificationCode: OTHER_CODE });
    if (other.hash !== report.hash) return { seed, invariant: 'S2' };
  }
  return null;
}
