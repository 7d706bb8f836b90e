import { massOperationPublication } from '@encaisse/backoffice/contract';
import { refundPublication } from '@encaisse/cashdesk/contract';
import { LEDGER_EVENT_SCHEMAS } from '@encaisse/ledger/contract';
import type { Publication } from '@encaisse/platform/message-bus';

/** What every context publishes. A relay must know it all, in whichever process it runs. */
export const ALL_PUBLICATIONS: readonly Publication[] = [
  massOperationPublication,
  refundPublication,
];

/** The schema of every message type that a contract library has, published by now or not yet. */
export const ALL_SCHEMAS: Readonly<Record<string, object>> = Object.assign(
  {},
  LEDGER_EVENT_SCHEMAS,
  ...ALL_PUBLICATIONS.map(({ schemas }) => schemas),
) as Readonly<Record<string, object>>;
