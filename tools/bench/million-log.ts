import {
  addDays,
  type BusinessDay,
  type Instant,
  parisInstant,
  plusMillis,
} from '@encaisse/kernel';
import type { TransactionEvent } from '@encaisse/ledger/domain';
import { transactionStream } from '@encaisse/ledger/domain';
import {
  type EventStore,
  PostgresEventStore,
  type StreamWrite,
} from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';
import type { BenchContext } from './bench';

export const DAYS = 395;
export const SHOPS = 40;
const MEANS = ['CB', 'VISA', 'MASTERCARD', 'AMEX'] as const;
const IN_FLIGHT = 1000;

export type BenchShop = { readonly shopId: string; readonly groupId: string };

export type MillionLog = {
  readonly url: string;
  readonly transactions: number;
  readonly events: number;
  readonly firstDay: BusinessDay;
  readonly lastDay: BusinessDay;
  readonly brandId: string;
  readonly shops: readonly BenchShop[];
};

/** A small generator with a fixed seed: every run has the same trade (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const METADATA = {
  actor: { kind: 'machine', login: 'bench' },
  correlationId: 'bench',
  causationId: null,
} as const;

let made: Promise<MillionLog> | undefined;

/** Thirteen months of trade in 40 shops, written once per run of the benches. */
export function millionLog(context: BenchContext, lastDay: BusinessDay): Promise<MillionLog> {
  made ??= writeLog(context, context.transactions, lastDay);
  return made;
}

/** Writes the trade of so many transactions into a database of its own. */
export async function writeLog(
  context: Pick<BenchContext, 'createDatabase' | 'say'>,
  transactions: number,
  lastDay: BusinessDay,
): Promise<MillionLog> {
  const url = await context.createDatabase();
  const store = await PostgresEventStore.open({ url, applicationName: 'bench' });
  const firstDay = addDays(lastDay, 1 - DAYS);
  const tree = await writeTree(store, parisInstant(firstDay, '00:00'));
  const next = numbers(2026);
  let events = 0;
  let index = 0;
  // Several writers take turns, so that the store always has enough waiting for a full batch.
  const writer = async () => {
    while (index < transactions) {
      const mine = index++;
      if (mine % 100_000 === 0) context.say(`${mine} of ${transactions} transactions written`);
      const day = addDays(firstDay, Math.floor((mine * DAYS) / transactions));
      const write = transactionWrite(mine, day, tree.shops, next);
      events += write.events.length;
      const result = await store.append([write]);
      if (result.kind !== 'appended') throw new Error(`append answered ${result.kind}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  await store.close();
  return { url, transactions, events, firstDay, lastDay, ...tree };
}

async function writeTree(store: EventStore, openedAt: Instant) {
  const brandId = uuidv7();
  const nothing = { historyMonths: null, siteNumber: null, rank: null, merchantIdentifier: null };
  const open = async (node: Record<string, unknown>) => {
    const data = { ...nothing, ...node, openedAt };
    await store.append([
      {
        streamId: `onboarding.node-${String(node['nodeId'])}`,
        expected: 'no-stream',
        events: [
          { eventId: uuidv7(), type: 'NodeOpened', schemaVersion: 1, data, metadata: METADATA },
        ],
      },
    ]);
  };
  await open({ nodeId: brandId, level: 'BRAND', parentId: null, name: 'Bench', historyMonths: 24 });
  const groups = Array.from({ length: 10 }, () => uuidv7());
  for (const groupId of groups)
    await open({ nodeId: groupId, level: 'GROUP', parentId: brandId, name: 'Bench' });
  const shops: BenchShop[] = [];
  for (let index = 0; index < SHOPS; index += 1) {
    const shop = { shopId: uuidv7(), groupId: groups[index % groups.length]! };
    shops.push(shop);
    const identifiers = { siteNumber: '1999888', rank: '032', merchantIdentifier: '2' };
    const { shopId: nodeId, groupId: parentId } = shop;
    await open({ nodeId, level: 'SHOP', parentId, name: 'Bench', ...identifiers });
  }
  return { brandId, shops };
}

function transactionWrite(
  index: number,
  businessDay: BusinessDay,
  shops: readonly BenchShop[],
  next: () => number,
): StreamWrite {
  const transactionId = uuidv7();
  const at = plusMillis(parisInstant(businessDay, '08:00'), Math.floor(next() * 50_000_000));
  const facts = requestFacts(index, transactionId, at, businessDay, shops, next);
  return {
    streamId: `${transactionStream.category}-${transactionId}`,
    expected: 'no-stream',
    events: [facts, ...outcome(index, transactionId, at, businessDay, next)].map(
      ({ type, data }) => ({ eventId: uuidv7(), type, schemaVersion: 1, data, metadata: METADATA }),
    ),
  };
}

function requestFacts(
  index: number,
  transactionId: string,
  at: Instant,
  businessDay: BusinessDay,
  shops: readonly BenchShop[],
  next: () => number,
): TransactionEvent {
  const shop = Math.floor(next() * next() * shops.length);
  const means = Math.floor(next() * MEANS.length);
  const customer = Math.floor(next() * 50_000);
  return {
    type: 'PaymentRequested',
    data: {
      transactionId,
      transactionNumber: String(index + 1).padStart(10, '0'),
      environment: 'TEST',
      shopId: shops[shop]!.shopId,
      contractId: `0000000${means}-0000-7000-8000-${String(shop).padStart(12, '0')}`,
      contractNumber: String(5_200_000 + shop * 10 + means),
      rank: '032',
      paymentMeans: MEANS[means]!,
      acquirer: 'bench',
      orderReference: `CMD-${customer}-${index}`,
      amount: { minor: 100 + Math.floor(next() * next() * 50_000), currency: 'EUR' },
      authorizationOnly: false,
      deferralDays: 0,
      channel: 'E_COMMERCE',
      wallet: next() < 0.1 ? 'APPLE_PAY' : null,
      archivingReference: null,
      card: {
        cardId: transactionId,
        maskedNumber: '400000******0010',
        expiry: '2912',
        cardType: 'VISA',
        cardCountry: 'FR',
        issuer: null,
      },
      cardholder: null,
      clientCountry: 'FR',
      duplicateOf: null,
      trace: null,
      fingerprint: transactionId,
      requestedAt: at,
      businessDay,
    },
  };
}

/** Mostly accepted and sent, some refused, few cancelled, as a shop's trade is. */
function outcome(
  index: number,
  transactionId: string,
  at: Instant,
  businessDay: BusinessDay,
  next: () => number,
): TransactionEvent[] {
  if (next() < 0.06) {
    const refusal = { reason: 'ISSUER_DECLINED', responseCode: '51', refusedAt: at } as const;
    return [{ type: 'PaymentRefused', data: { transactionId, ...refusal } }];
  }
  const plannedDate = businessDay;
  const accepted: TransactionEvent[] = [
    {
      type: 'PaymentAuthorized',
      data: { transactionId, authorizationNumber: 'A00001', responseCode: '00', authorizedAt: at },
    },
    { type: 'PaymentAccepted', data: { transactionId, acceptedAt: at, businessDay, plannedDate } },
  ];
  const remittance = Math.floor(index / 500);
  if (next() < 0.9)
    accepted.push({
      type: 'TransactionSentToBank',
      data: {
        transactionId,
        remittanceId: `00000000-0000-7000-9000-${String(remittance).padStart(12, '0')}`,
        remittanceNumber: `5200000-${remittance}`,
        sentAt: at,
        businessDay,
      },
    });
  return accepted;
}
