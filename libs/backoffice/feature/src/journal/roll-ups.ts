import { businessDay, addDays, plusMillis, startOfDay, instant } from '@encaisse/kernel';
import type { SqlSession } from '@encaisse/platform/postgres';
import { COUNTED_DEBITS, type FigureChange } from './contribution';
import { ROOT_NODE_ID } from './journal-tables';

/** The change of one bucket of one node. */
type BucketChange = {
  readonly environment: string;
  readonly nodeId: string;
  readonly bucket: string;
  readonly paymentMeans: string;
  readonly currency: string;
  recordedCount: number;
  debitCount: number;
  debitMinor: number;
  refundCount: number;
  refundMinor: number;
  /** Highest debit that came in. */
  maximumMinor: number | null;
  /** Highest debit that left or was lowered: the bucket's maximum may have been it. */
  leftMinor: number | null;
};

type RollUp = {
  readonly table: string;
  readonly bucketType: string;
  readonly bucketOf: (change: FigureChange) => string;
  /** The instants a bucket covers. */
  readonly boundsOf: (bucket: string) => { readonly from: string; readonly to: string };
};

const HOUR_MILLIS = 3_600_000;

const ROLL_UPS: readonly RollUp[] = [
  {
    table: 'statistics_hour',
    bucketType: 'timestamptz',
    bucketOf: ({ hour }) => hour,
    boundsOf: (hour) => ({ from: hour, to: plusMillis(instant(hour), HOUR_MILLIS) }),
  },
  {
    table: 'statistics_day',
    bucketType: 'date',
    bucketOf: ({ day }) => day,
    boundsOf: (day) => ({
      from: startOfDay(businessDay(day)),
      to: startOfDay(addDays(businessDay(day), 1)),
    }),
  },
];

/**
 * Adds the changes to the figures of each shop and of every node above it. A rebuild leaves the
 * figures to its end, where one statement makes them all.
 */
export async function applyToRollUps(
  changes: readonly FigureChange[],
  session: SqlSession,
): Promise<void> {
  if (changes.length === 0) return;
  const [kept] = await session.query('select 1 from roll_ups_kept limit 1');
  if (!kept) return;
  const nodesOfShops = await nodesAtOrAbove(
    [...new Set(changes.map(({ shopId }) => shopId))],
    session,
  );
  for (const rollUp of ROLL_UPS) {
    const buckets = bucketChanges(changes, rollUp, nodesOfShops);
    await add(rollUp, buckets, session);
    await lowerMaxima(rollUp, buckets, session);
  }
}

/** Makes the figures of nodes above shops anew, from those of the shops below them now. */
export async function sumUpNodes(nodeIds: readonly string[], session: SqlSession): Promise<void> {
  for (const { table } of ROLL_UPS) {
    await session.query(`delete from ${table} where node_id = any($1::uuid[])`, [nodeIds]);
    await session.query(
      `insert into ${table} (environment, node_id, bucket, payment_means, currency,
         recorded_count, debit_count, debit_minor, refund_count, refund_minor, maximum_minor)
       select s.environment, o.node_id, s.bucket, s.payment_means, s.currency,
         sum(s.recorded_count), sum(s.debit_count), sum(s.debit_minor), sum(s.refund_count),
         sum(s.refund_minor), max(s.maximum_minor)
       from node_shops o join ${table} s on s.node_id = o.shop_id
       where o.node_id = any($1::uuid[])
       group by 1, 2, 3, 4, 5`,
      [nodeIds],
    );
  }
}

/** Each shop's nodes, itself first and the root last. A shop seen for the first time is kept. */
async function nodesAtOrAbove(
  shopIds: readonly string[],
  session: SqlSession,
): Promise<Map<string, string[]>> {
  await session.query(
    `insert into node_shops (node_id, shop_id)
     select v.node_id, s.shop_id from unnest($1::uuid[]) s (shop_id)
     cross join lateral (values (s.shop_id), ('${ROOT_NODE_ID}'::uuid)) v (node_id)
     where not exists (select 1 from node_shops known where known.shop_id = s.shop_id)`,
    [shopIds],
  );
  const rows = await session.query<{ shopId: string; nodeIds: string[] }>(
    `select shop_id as "shopId", array_agg(node_id) as "nodeIds" from node_shops
     where shop_id = any($1::uuid[]) group by shop_id`,
    [shopIds],
  );
  return new Map(rows.map(({ shopId, nodeIds }) => [shopId, nodeIds]));
}

function bucketChanges(
  changes: readonly FigureChange[],
  { bucketOf }: RollUp,
  nodesOfShops: ReadonlyMap<string, readonly string[]>,
): BucketChange[] {
  const buckets = new Map<string, BucketChange>();
  for (const change of changes) {
    const bucket = bucketOf(change);
    for (const nodeId of nodesOfShops.get(change.shopId) ?? []) {
      const { environment, paymentMeans, currency } = change;
      const key = `${environment}|${nodeId}|${bucket}|${paymentMeans}|${currency}`;
      let target = buckets.get(key);
      if (!target) {
        target = { environment, nodeId, bucket, paymentMeans, currency, ...nothing() };
        buckets.set(key, target);
      }
      addChange(target, change);
    }
  }
  return [...buckets.values()];
}

function nothing() {
  return {
    recordedCount: 0,
    debitCount: 0,
    debitMinor: 0,
    refundCount: 0,
    refundMinor: 0,
    maximumMinor: null,
    leftMinor: null,
  };
}

function addChange(target: BucketChange, { before, after }: FigureChange): void {
  target.recordedCount += after.recordedCount - before.recordedCount;
  target.debitCount += after.debitCount - before.debitCount;
  target.debitMinor += after.debitMinor - before.debitMinor;
  target.refundCount += after.refundCount - before.refundCount;
  target.refundMinor += after.refundMinor - before.refundMinor;
  if (after.debitCount > 0)
    target.maximumMinor = Math.max(target.maximumMinor ?? 0, after.debitMinor);
  if (before.debitCount > 0 && after.debitMinor < before.debitMinor)
    target.leftMinor = Math.max(target.leftMinor ?? 0, before.debitMinor);
}

const KEY = (bucketType: string) => `"environment" text, "nodeId" uuid, "bucket" ${bucketType},
  "paymentMeans" text, "currency" text`;

async function add(
  { table, bucketType }: RollUp,
  buckets: readonly BucketChange[],
  session: SqlSession,
): Promise<void> {
  await session.query(
    `insert into ${table} as s
       (environment, node_id, bucket, payment_means, currency,
        recorded_count, debit_count, debit_minor, refund_count, refund_minor, maximum_minor)
     select * from json_to_recordset($1::json) as r(${KEY(bucketType)}, "recordedCount" bigint,
       "debitCount" bigint, "debitMinor" bigint, "refundCount" bigint, "refundMinor" bigint,
       "maximumMinor" bigint)
     on conflict (environment, node_id, bucket, payment_means, currency) do update set
       recorded_count = s.recorded_count + excluded.recorded_count,
       debit_count = s.debit_count + excluded.debit_count,
       debit_minor = s.debit_minor + excluded.debit_minor,
       refund_count = s.refund_count + excluded.refund_count,
       refund_minor = s.refund_minor + excluded.refund_minor,
       maximum_minor = greatest(s.maximum_minor, excluded.maximum_minor)`,
    [JSON.stringify(buckets)],
  );
}

/**
 * Finds the maximum anew where the transaction that held it left: a shop's from the journal, then a
 * node's from those of its shops.
 */
async function lowerMaxima(
  { table, bucketType, boundsOf }: RollUp,
  buckets: readonly BucketChange[],
  session: SqlSession,
): Promise<void> {
  const left = buckets
    .filter(({ leftMinor }) => leftMinor !== null)
    .map((bucket) => ({ ...bucket, ...boundsOf(bucket.bucket) }));
  if (left.length === 0) return;
  const suspects = `json_to_recordset($1::json) as k(${KEY(bucketType)}, "leftMinor" bigint,
    "from" timestamptz, "to" timestamptz)`;
  const same = `s.environment = k."environment" and s.node_id = k."nodeId" and s.bucket = k."bucket"
    and s.payment_means = k."paymentMeans" and s.currency = k."currency"
    and s.maximum_minor <= k."leftMinor"`;
  const isShop = 'exists (select 1 from node_shops o where o.shop_id = k."nodeId")';
  const parameters = [JSON.stringify(left)];
  await session.query(
    `update ${table} s set maximum_minor = (
       select max(t.debited_minor) from transactions t
       where t.shop_id = k."nodeId" and t.environment = k."environment"
         and t.created_at >= k."from" and t.created_at < k."to" and t.combination in (${COUNTED_DEBITS.join(', ')})
         and t.payment_means = k."paymentMeans" and t.currency = k."currency")
     from ${suspects} where ${same} and ${isShop}`,
    parameters,
  );
  await session.query(
    `update ${table} s set maximum_minor = (
       select max(f.maximum_minor) from node_shops o join ${table} f
         on f.environment = k."environment" and f.node_id = o.shop_id and f.bucket = k."bucket"
         and f.payment_means = k."paymentMeans" and f.currency = k."currency"
       where o.node_id = k."nodeId")
     from ${suspects} where ${same} and not ${isShop}`,
    parameters,
  );
}
