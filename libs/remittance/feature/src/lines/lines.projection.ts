import { categoryOf } from '@encaisse/kernel';
import { transactionStream } from '@encaisse/ledger/domain';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from '@encaisse/platform/projections';
import { CONTRACT_REMITTANCES_CATEGORY, REMITTANCE_CATEGORY } from '@encaisse/remittance/contract';
import { applyRemittances } from './apply-remittances';
import { applyTransactions } from './apply-transactions';
import { LINES_INDEXES, LINES_SCHEMA, LINES_TABLES } from './tables';

/** What waits for the bank, and what was sent in which remittance. */
export const linesProjection: Projection = {
  name: 'remittance.lines',
  version: 1,
  schema: LINES_SCHEMA,
  tables: LINES_TABLES,
  indexes: LINES_INDEXES,
  categories: [transactionStream.category, REMITTANCE_CATEGORY, CONTRACT_REMITTANCES_CATEGORY],
  async apply(events: readonly RecordedEvent[], session: SqlSession): Promise<void> {
    const transactions: RecordedEvent[] = [];
    const remittances: RecordedEvent[] = [];
    for (const event of events) {
      const isTransaction = categoryOf(event.streamId) === transactionStream.category;
      (isTransaction ? transactions : remittances).push(event);
    }
    await applyTransactions(transactions, session);
    await applyRemittances(remittances, session);
  },
};
