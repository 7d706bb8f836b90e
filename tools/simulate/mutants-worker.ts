import { type Detection, detect, SoundSeeds } from './detection';
import { loadEngine } from './engine';
import { StalePatch } from './loader';
import { MUTANTS } from './mutants';
import { doTasks } from './processes';

/** A fault to look for, from a seed on, on so many seeds at most. */
export type Search = { readonly mutant: string; readonly first: number; readonly most: number };

/** What came of it. */
export type Found = {
  /** Where the fault was seen first, null when it was not. */
  readonly detection: Detection | null;
  /** Why the fault fits nowhere in the product of today, null when it does. */
  readonly stale: string | null;
  /** Seeds that were run without a fault, each with what it breaks, or null. */
  readonly sound: readonly (readonly [seed: number, breach: string | null])[];
};

const sound = new SoundSeeds(loadEngine());

doTasks(async ({ mutant: name, first, most }: Search): Promise<Found> => {
  const mutant = MUTANTS.find((known) => known.name === name);
  if (mutant === undefined) throw new Error(`no fault is named ${name}`);
  try {
    const detection = await detect(mutant, first, most, sound);
    return { detection, stale: null, sound: sound.breaches };
  } catch (error) {
    if (!(error instanceof StalePatch)) throw error;
    return { detection: null, stale: error.message, sound: sound.breaches };
  }
});
