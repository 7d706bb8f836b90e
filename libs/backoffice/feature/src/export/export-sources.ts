import { Injectable } from '@nestjs/common';
import type { ExportKind } from '@encaisse/backoffice/contract';
import { businessDayOf, type Instant } from '@encaisse/kernel';
import type { Caller } from '@encaisse/platform/http';
import { listedValues, orderBy, type Query, sortingOf, valueOf } from '@encaisse/platform/lists';
import { BackofficeDirectory } from '../backoffice-directory';
import { CONTRACT_COLUMNS, CONTRACT_ROWS } from '../contracts/contract-columns';
import { foundContracts } from '../contracts/contract-search';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { REMITTANCE_SORT_COLUMNS, REMITTANCES } from '../remittances/remittance-queries';
import { parseRemittanceSearch, remittanceConditions } from '../remittances/remittance-search';
import { REMITTANCES_PROJECTION } from '../remittances/remittances.projection';
import { searchConditions } from '../search/search-conditions';
import { parseTransactionSearch } from '../search/transaction-search';
import { TRANSACTION_SORT_COLUMNS, TRANSACTIONS } from '../transactions/transaction-queries';
import { columnsOf } from './export-column';
import { EXPORT_FORMATS, type ExportRequest } from './export-file';
import { LANGUAGES } from './languages';
import { REMITTANCE_COLUMNS } from './remittance-columns';
import { JOURNAL_EXPORT_COLUMNS, transactionColumns } from './transaction-columns';

/** Parameters of an export beside the filters of its search. */
export const EXPORT_PARAMETERS = ['format', 'columns', 'language', 'sort', 'order'] as const;

/** Contracts have one order. */
const CONTRACT_PARAMETERS = ['format', 'columns', 'language'] as const;

/** An export that was found sound: what it reads, and how its file looks. */
export type SoundExport = {
  readonly request: ExportRequest;
  /** The node searched. */
  readonly nodeId: string;
  /** The read model it reads, or where in the log that stands which is held in memory. */
  readonly from: string | number;
};

/** Reads what is asked of an export. Throws the problem of the first parameter that breaks a rule. */
@Injectable()
export class ExportSources {
  constructor(private readonly directory: BackofficeDirectory) {}

  of(
    kind: ExportKind,
    query: Query,
    caller: Pick<Caller, 'nodeId' | 'environment'>,
    now: Instant,
  ): SoundExport {
    switch (kind) {
      case 'transactions':
        return this.transactions(query, caller, now);
      case 'remittances':
        return this.remittances(query, caller, now);
      case 'contracts':
        return this.contracts(query, caller, now);
    }
  }

  private transactions(
    query: Query,
    caller: Pick<Caller, 'nodeId' | 'environment'>,
    now: Instant,
  ): SoundExport {
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    const search = parseTransactionSearch(query, scope, now, EXPORT_PARAMETERS);
    const sorting = sortingOf(query, TRANSACTION_SORT_COLUMNS, 'createdAt');
    const { current } = this.directory;
    const shopName = (shopId: string) => current.node(shopId)?.name ?? shopId;
    const conditions = searchConditions(search);
    const request = {
      source: {
        table: TRANSACTIONS,
        where: conditions.text,
        parameters: conditions.parameters,
        orderBy: orderBy(sorting, TRANSACTION_SORT_COLUMNS[sorting.by], 'transaction_id'),
        amount: 'initial_minor',
      },
      columns: columnsOf(query, transactionColumns(shopName), JOURNAL_EXPORT_COLUMNS),
      ...formOf(query),
      subject: {
        file: `transactions-${businessDayOf(now)}`,
        sheet: 'Transactions',
        root: 'transactions',
        record: 'transaction',
      },
    };
    return { request, nodeId: scope.nodeId, from: JOURNAL_PROJECTION };
  }

  private remittances(
    query: Query,
    caller: Pick<Caller, 'nodeId' | 'environment'>,
    now: Instant,
  ): SoundExport {
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    const conditions = remittanceConditions(
      parseRemittanceSearch(query, scope, now, EXPORT_PARAMETERS),
    );
    const sorting = sortingOf(query, REMITTANCE_SORT_COLUMNS, 'createdAt');
    const names = REMITTANCE_COLUMNS.map(({ name }) => name);
    const request = {
      source: {
        table: REMITTANCES,
        where: conditions.text,
        parameters: conditions.parameters,
        orderBy: orderBy(sorting, REMITTANCE_SORT_COLUMNS[sorting.by], 'remittance_id'),
        amount: 'total_minor',
      },
      columns: columnsOf(query, REMITTANCE_COLUMNS, names),
      ...formOf(query),
      subject: {
        file: `remittances-${businessDayOf(now)}`,
        sheet: 'Remises',
        root: 'remittances',
        record: 'remittance',
      },
    };
    return { request, nodeId: scope.nodeId, from: REMITTANCES_PROJECTION };
  }

  /** The contracts as they stand when the file is asked for or, as a job, written. */
  private contracts(
    query: Query,
    caller: Pick<Caller, 'nodeId' | 'environment'>,
    now: Instant,
  ): SoundExport {
    const scope = this.directory.scopeOf(caller, valueOf(query, 'nodeId') ?? undefined);
    const rows = foundContracts(query, scope, this.directory.current, CONTRACT_PARAMETERS);
    const names = CONTRACT_COLUMNS.map(({ name }) => name);
    const request = {
      source: {
        table: CONTRACT_ROWS,
        where: 'true',
        parameters: [JSON.stringify(rows)],
        orderBy: 'order by "contractNumber", rank, "contractId"',
        amount: null,
      },
      columns: columnsOf(query, CONTRACT_COLUMNS, names),
      ...formOf(query),
      subject: {
        file: `contracts-${businessDayOf(now)}`,
        sheet: 'Contrats',
        root: 'contracts',
        record: 'contract',
      },
    };
    return { request, nodeId: scope.nodeId, from: this.directory.position };
  }
}

function formOf(query: Query): Pick<ExportRequest, 'format' | 'language'> {
  return {
    format: listedValues(query, 'format', EXPORT_FORMATS)[0] ?? 'csv',
    language: listedValues(query, 'language', LANGUAGES)[0] ?? 'fr',
  };
}
