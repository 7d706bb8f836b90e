import type { Detections } from './detection';
import { MUTANTS } from './mutants';

/** The page that lists what the simulation is known to see. Generated: see `npm run simulate:mutants`. */
export function simulationPage(detections: Detections): string {
  const rows = MUTANTS.map(({ name, fault }) => {
    const found = detections[name];
    return found
      ? `| \`${name}\` | ${fault} | ${found.seed} | ${found.seed} | ${found.invariant} |`
      : `| \`${name}\` | ${fault} | not found |  |  |`;
  });
  const needed = Object.values(detections)
    .map(({ seed }) => seed)
    .sort((one, other) => one - other);
  const median = needed[Math.floor((needed.length - 1) / 2)] ?? 0;
  return [
    '# Simulation: faults it is known to see',
    '',
    'Written by `npm run simulate:mutants -- --search`, which plants each fault in the compiled services and runs seeds 1, 2, 3 … until an invariant breaks. `npm run simulate:mutants` replays each on its seed. What the simulation does and how to read it: [reliability.md](reliability.md).',
    '',
    `${needed.length} of ${MUTANTS.length} faults found; seeds needed: median ${median}, most ${needed.at(-1) ?? 0}.`,
    '',
    '| Mutant | Planted fault | Detecting seed | Seeds needed | Invariant |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
