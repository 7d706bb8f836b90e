import type { Projection } from '@encaisse/platform/projections';
import type { SimulatedProcess } from './machine';
import { NO_ROWS, type Statement } from './statements';

/** What the newer release notes in its read models, so that rows of the older one are told apart. */
const FOLDED = 'folded_by_newer';

/** The statements of the newer release alone. */
export const RELEASE_STATEMENTS: readonly Statement[] = [
  {
    pattern: /^insert into folded_by_newer \(position\)/,
    run({ session, parameters }) {
      for (const position of parameters[0] as readonly number[])
        session.put(FOLDED, String(position), { position });
      return NO_ROWS;
    },
  },
];

/**
 * F16: a read model as the next release has it, with a table more and a higher version. It is made again
 * beside processes of the release before, which may write nothing into it.
 */
export function ofNextRelease(projection: Projection): Projection {
  return {
    ...projection,
    version: projection.version + 1,
    apply: async (events, session) => {
      await projection.apply(events, session);
      const positions = events.map(({ position }) => position);
      await session.query('insert into folded_by_newer (position) select unnest($1::bigint[])', [
        positions,
      ]);
    },
  };
}

/** A process, and whether it is of the newer of two releases. */
type Released = { readonly process: SimulatedProcess; isNewer: boolean };

/** Lets a process begin anew with the next release. False when it runs that already. */
export function beginUpgrade(copies: readonly Released[], process: SimulatedProcess): boolean {
  const copy = copies.find((one) => one.process === process);
  if (copy?.isNewer !== false) return false;
  copy.isNewer = true;
  return true;
}

/**
 * Brings an upgrade that was begun to its end: the release before cannot serve the newer read models.
 * Gives the processes that have to begin anew.
 */
export function finishUpgrade(copies: readonly Released[]): readonly SimulatedProcess[] {
  if (!copies.some(({ isNewer }) => isNewer)) return [];
  return copies.filter((copy) => beginUpgrade(copies, copy.process)).map(({ process }) => process);
}
