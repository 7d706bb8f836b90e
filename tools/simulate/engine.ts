import type * as Machine from './world/machine';
import type * as RunSeed from './world/run-seed';
import { type Patch, SimulationLoader } from './loader';

export type { Patch } from './loader';
export type { SeedOptions, SeedReport } from './world/run-seed';

/** The product, loaded into a simulation, perhaps with a fault planted. */
export type Engine = Pick<typeof RunSeed, 'runSeed'>;

/** Loads the compiled product anew. Throws StalePatch when a patch fits nowhere. */
export function loadEngine(patches: readonly Patch[] = []): Engine {
  const loader = new SimulationLoader(patches);
  const machine = loader.load('tools/simulate/world/machine') as typeof Machine;
  machine.giveImmediate((work) => void setImmediate(work));
  return loader.loadWhole('tools/simulate/world/run-seed') as typeof RunSeed;
}
