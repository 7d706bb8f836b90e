import { detect, SoundSeeds } from './detection';
import type { Found, Search } from './detection-workers';
import { loadEngine } from './engine';
import { StalePatch } from './loader';
import { MUTANTS } from './mutants';

// Most errors here are refusals and outages, made by the thousand: their stacks cost more than they.
Error.stackTraceLimit = 0;

const sound = new SoundSeeds(loadEngine());

async function search({ mutant: name, first, most }: Search): Promise<Found> {
  const mutant = MUTANTS.find((known) => known.name === name);
  if (mutant === undefined) throw new Error(`no fault is named ${name}`);
  try {
    const detection = await detect(mutant, first, most, sound);
    return { detection, stale: null, sound: sound.breaches };
  } catch (error) {
    if (!(error instanceof StalePatch)) throw error;
    return { detection: null, stale: error.message, sound: sound.breaches };
  }
}

process.on('message', (asked: Search) => {
  search(asked).then(
    (found) => process.send?.(found),
    (error: unknown) => {
      process.stderr.write(`${asked.mutant}: ${(error as Error).message}\n`);
      process.exit(1);
    },
  );
});
