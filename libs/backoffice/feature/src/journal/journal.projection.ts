import { type TransactionEvent, transactionStream } from '@encaisse/ledger/domain';
import {
  NODE_CATEGORY,
  type NodeOpened,
  type ShopMoved,
} from '@encaisse/merchant-onboarding/contract';
import { decodeEvent, type RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from '@encaisse/platform/projections';
import type { PersonVault } from '@encaisse/platform/security';
import { type Contribution, contributionOf, type FigureChange, figureChange } from './contribution';
import { foldTransaction } from './fold-transaction';
import { type JournalRow, JOURNAL_ROWS } from './journal-row';
import { JOURNAL_INDEXES, JOURNAL_TABLES } from './journal-tables';
import { moveShop } from './move-shop';
import { openNodes } from './open-nodes';
import { applyToRollUps } from './roll-ups';

export const JOURNAL_PROJECTION = 'backoffice.journal';
export const JOURNAL_SCHEMA = 'backoffice_journal';

/** Where the e-mail addresses of cardholders are kept (D7). */
export type PersonalData = Pick<PersonVault, 'reveal'>;

/** Every transaction with what searches, details and exports show, and the figures by hour and day. */
export function journalProjection(personalData: PersonalData): Projection {
  return {
    name: JOURNAL_PROJECTION,
    version: 2,
    schema: JOURNAL_SCHEMA,
    tables: JOURNAL_TABLES,
    indexes: JOURNAL_INDEXES,
    categories: [transactionStream.category, NODE_CATEGORY],
    partitions: JOURNAL_ROWS.partitions === null ? [] : [JOURNAL_ROWS.partitions],
    longestHistory,
    apply: (events, session) => apply(events, session, personalData),
  };
}

/** The longest history a brand has chosen (GEN-09); 0 when none has. */
async function longestHistory(session: SqlSession): Promise<number> {
  const [row] = await session.query<{ months: number }>(
    'select coalesce(max(history_months), 0)::int as months from nodes',
  );
  return row?.months ?? 0;
}

const NODE_PREFIX = `${NODE_CATEGORY}-`;
const TRANSACTION_PREFIX = `${transactionStream.category}-`;

function ofNodes(events: readonly RecordedEvent[], wanted: string): readonly object[] {
  return events
    .filter(({ streamId, type }) => type === wanted && streamId.startsWith(NODE_PREFIX))
    .map(({ data }) => data);
}

function isOfTransaction({ streamId }: RecordedEvent): boolean {
  return streamId.startsWith(TRANSACTION_PREFIX);
}

async function apply(
  events: readonly RecordedEvent[],
  session: SqlSession,
  personalData: PersonalData,
): Promise<void> {
  await openNodes(ofNodes(events, 'NodeOpened') as readonly NodeOpened['data'][], session);
  // The figures of a batch go where its shops stand at its end: a rebuild knows no other place.
  for (const move of ofNodes(events, 'ShopMoved'))
    await moveShop(move as ShopMoved['data'], session);
  const batch = await foldBatch(events.filter(isOfTransaction), session);
  await revealEmails(batch.added, personalData);
  await JOURNAL_ROWS.insert(batch.added, session);
  await JOURNAL_ROWS.update(batch.changed, session);
  await applyToRollUps(batch.figureChanges, session);
}

type FoldedBatch = {
  readonly added: readonly JournalRow[];
  readonly changed: readonly JournalRow[];
  readonly figureChanges: readonly FigureChange[];
};

/** Loads the rows the events belong to once, then folds in memory. */
async function foldBatch(
  events: readonly RecordedEvent[],
  session: SqlSession,
): Promise<FoldedBatch> {
  const decoded = events.map((event) => ({
    isFirst: event.version === 0,
    event: decodeEvent<TransactionEvent>(transactionStream, event),
  }));
  const added = new Set<string>();
  const known = new Set<string>();
  for (const { isFirst, event } of decoded) {
    const { transactionId } = event.data;
    if (isFirst) added.add(transactionId);
    else if (!added.has(transactionId)) known.add(transactionId);
  }
  const rows = await JOURNAL_ROWS.load([...known], session);
  const before = new Map<string, Contribution>();
  for (const row of rows.values()) before.set(row.transactionId, contributionOf(row));
  for (const { event } of decoded) {
    const { transactionId } = event.data;
    rows.set(transactionId, foldTransaction(rows.get(transactionId), event));
  }
  const figureChanges: FigureChange[] = [];
  for (const row of rows.values()) {
    const change = figureChange(row, before.get(row.transactionId) ?? contributionOf(undefined));
    if (change) figureChanges.push(change);
  }
  const all = [...rows.values()];
  return {
    added: all.filter(({ transactionId }) => added.has(transactionId)),
    changed: all.filter(({ transactionId }) => !added.has(transactionId)),
    figureChanges,
  };
}

async function revealEmails(
  rows: readonly JournalRow[],
  personalData: PersonalData,
): Promise<void> {
  const withPerson = rows.filter(({ personId }) => personId !== null);
  if (withPerson.length === 0) return;
  const persons = await personalData.reveal([
    ...new Set(withPerson.map(({ personId }) => personId as string)),
  ]);
  for (const row of withPerson)
    row.cardholderEmail = persons.get(row.personId ?? '')?.email ?? null;
}
