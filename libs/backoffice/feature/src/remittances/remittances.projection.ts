import { invariant } from '@encaisse/kernel';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from '@encaisse/platform/projections';
import { REMITTANCE_CATEGORY, type RemittanceEvent } from '@encaisse/remittance/contract';
import { foldRemittance } from './fold-remittance';
import { REMITTANCE_ROWS } from './remittance-row';

export const REMITTANCES_PROJECTION = 'backoffice.remittances';
export const REMITTANCES_SCHEMA = 'backoffice_remittances';

/** The schema version of the published events this read model understands. */
const KNOWN_VERSION = 1;

/** Every remittance with what lists, details and exports show (REM). */
export const remittancesProjection: Projection = {
  name: REMITTANCES_PROJECTION,
  version: 2,
  schema: REMITTANCES_SCHEMA,
  tables: `${REMITTANCE_ROWS.createTable([
    'environment',
    'shopId',
    'currency',
    'createdAt',
    'totalMinor',
  ])}

-- Few totals are negative, and few very large: the planner must know how few.
alter table remittances alter column total_minor set statistics 400;`,
  indexes: `
    create index remittances_date on remittances (environment, created_at, remittance_id);
    create index remittances_total on remittances (environment, total_minor, remittance_id);
    create index remittances_shop on remittances (shop_id, created_at, remittance_id);
    create index remittances_shop_total on remittances (shop_id, total_minor, remittance_id);
    create index remittances_number on remittances (remittance_number);
    create index remittances_contract on remittances (contract_number, created_at);
    create index remittances_means on remittances (environment, payment_means, created_at);
    create index remittances_status on remittances (environment, status, created_at)
      where status <> 'ACCEPTED';
    create index remittances_rank on remittances (rank, created_at) where rank <> '001';
    create index remittances_currency on remittances (currency, created_at)
      where currency <> 'EUR';`,
  categories: [REMITTANCE_CATEGORY],
  apply,
};

async function apply(events: readonly RecordedEvent[], session: SqlSession): Promise<void> {
  const added = new Set<string>();
  const known = new Set<string>();
  for (const event of events) {
    const { remittanceId } = event.data as RemittanceEvent['data'];
    invariant(event.schemaVersion === KNOWN_VERSION, `${event.type} of a version not known here`);
    if (event.version === 0) added.add(remittanceId);
    else if (!added.has(remittanceId)) known.add(remittanceId);
  }
  const rows = await REMITTANCE_ROWS.load([...known], session);
  for (const { type, data } of events) {
    const event = { type, data } as RemittanceEvent;
    const { remittanceId } = event.data;
    rows.set(remittanceId, foldRemittance(rows.get(remittanceId), event));
  }
  const all = [...rows.values()];
  await REMITTANCE_ROWS.insert(
    all.filter(({ remittanceId }) => added.has(remittanceId)),
    session,
  );
  await REMITTANCE_ROWS.update(
    all.filter(({ remittanceId }) => !added.has(remittanceId)),
    session,
  );
}
