import {
  CHUNK_SIZE,
  type MassOperationEvent,
  type MassOperationTerms,
  type MassTotal,
} from '@encaisse/backoffice/contract';
import { type Decision, type Instant, accept, invariant, refuse } from '@encaisse/kernel';
import type { MassOperation } from './mass-operation';

/** Most transactions of one mass operation: they are recorded in one piece, or not at all. */
export const LARGEST_SELECTION = 100_000;

/** What a search found at one instant. */
export type Selection = {
  readonly count: number;
  /** One per currency. */
  readonly totals: readonly MassTotal[];
  /** In the order they are operated on; left out when they are too many. */
  readonly transactionIds: readonly string[];
};

/**
 * Asks for an operation on every transaction of a list, whatever its pages (CASH-17, CASH-20). The
 * selection is fixed here: what comes into the list afterwards is not touched. French UI: « Tout
 * capturer », « Envoyer en banque ».
 */
export type RequestMassOperation = MassOperationTerms & {
  readonly fingerprint: string;
  readonly selection: Selection;
  /** The number the person was shown before confirming (GEN-06), null when none was. */
  readonly expectedCount: number | null;
  readonly at: Instant;
};

/** Why a mass operation is refused. When several reasons apply, the first one listed is given. */
export type RequestMassOperationRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'selection-too-large'; readonly count: number; readonly largest: number }
  | {
      readonly code: 'selection-changed';
      readonly count: number;
      readonly totals: readonly MassTotal[];
    }
  | { readonly code: 'selection-empty' };

export function requestMassOperation(
  command: RequestMassOperation,
  state: MassOperation,
): Decision<MassOperationEvent, RequestMassOperationRefusal> {
  const { selection, expectedCount, fingerprint, at, ...terms } = command;
  if (state !== null)
    return state.fingerprint === fingerprint ? accept() : refuse({ code: 'id-reused' });
  const { count, totals, transactionIds } = selection;
  if (count > LARGEST_SELECTION)
    return refuse({ code: 'selection-too-large', count, largest: LARGEST_SELECTION });
  if (expectedCount !== null && expectedCount !== count)
    return refuse({ code: 'selection-changed', count, totals });
  if (count === 0) return refuse({ code: 'selection-empty' });

  invariant(transactionIds.length === count, 'the count and the ids are of one selection');
  const chunks = Math.ceil(count / CHUNK_SIZE);
  const selected = Array.from({ length: chunks }, (_, chunk): MassOperationEvent => {
    const ids = transactionIds.slice(chunk * CHUNK_SIZE, (chunk + 1) * CHUNK_SIZE);
    return { type: 'MassOperationSelected', data: { ...terms, chunk, transactionIds: ids } };
  });
  const requested = { ...terms, fingerprint, count, totals, chunks, requestedAt: at };
  return accept<MassOperationEvent>(
    { type: 'MassOperationRequested', data: requested },
    ...selected,
  );
}
