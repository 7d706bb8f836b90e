import type { ExportKind } from '@encaisse/backoffice/contract';
import type { Environment, Instant } from '@encaisse/kernel';
import type { Query } from '@encaisse/platform/lists';

/** The kind of the rows of these jobs among the long jobs. */
export const EXPORT_JOB = 'backoffice.export';

/** What an export is to do: kept sealed, for filters may hold an address. */
export type ExportJob = {
  readonly kind: ExportKind;
  /** The filters, with format, columns, language and sorting, as the search takes them. */
  readonly query: Query;
  /** The node and environment of who asked: what they may see is found out when it is written. */
  readonly caller: { readonly nodeId: string; readonly environment: Environment };
  /** The filters are read as of then: a period may have become too old meanwhile. */
  readonly askedAt: Instant;
};
