import { businessDayOf, instantOfEpochMillis } from '@encaisse/kernel';
import type { TransactionEvent } from '@encaisse/ledger/domain';
import { transactionStream } from '@encaisse/ledger/domain';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';

const IN_FLIGHT = 1000;
const METADATA = {
  actor: { kind: 'machine', login: 'bench' },
  correlationId: 'bench',
  causationId: null,
} as const;

export type PaymentsWanted = {
  readonly count: number;
  readonly shopId: string;
  readonly contractId: string;
  /** Left to capture, or accepted and due today. */
  readonly state: 'authorized' | 'due';
};

/** Writes payments of today straight to the log, as the authorisation service would have. */
export async function writePayments(url: string, wanted: PaymentsWanted): Promise<string[]> {
  const store = await PostgresEventStore.open({ url, applicationName: 'bench' });
  const ids = Array.from({ length: wanted.count }, () => uuidv7());
  let next = 0;
  const writer = async () => {
    while (next < ids.length) {
      const index = next++;
      const transactionId = ids[index]!;
      const events = eventsOf(transactionId, index, wanted).map(({ type, data }) => ({
        eventId: uuidv7(),
        type,
        schemaVersion: 1,
        data,
        metadata: METADATA,
      }));
      const streamId = `${transactionStream.category}-${transactionId}`;
      const result = await store.append([{ streamId, expected: 'no-stream', events }]);
      if (result.kind !== 'appended') throw new Error(`append answered ${result.kind}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  await store.close();
  return ids;
}

function eventsOf(
  transactionId: string,
  index: number,
  { shopId, contractId, state }: PaymentsWanted,
): TransactionEvent[] {
  const at = instantOfEpochMillis(Date.now());
  const businessDay = businessDayOf(at);
  const requested: TransactionEvent = {
    type: 'PaymentRequested',
    data: {
      transactionId,
      transactionNumber: String(index + 1).padStart(10, '0'),
      environment: 'TEST',
      shopId,
      contractId,
      contractNumber: '5201234',
      rank: '032',
      paymentMeans: 'VISA',
      acquirer: 'bench',
      orderReference: `CMD-${index}`,
      amount: { minor: 5500, currency: 'EUR' },
      authorizationOnly: state === 'authorized',
      deferralDays: 0,
      channel: 'E_COMMERCE',
      wallet: null,
      archivingReference: null,
      card: {
        cardId: transactionId,
        maskedNumber: '400000******0010',
        expiry: '4912',
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
  const authorization = { authorizationNumber: 'A00001', responseCode: '00', authorizedAt: at };
  return [
    requested,
    { type: 'PaymentAuthorized', data: { transactionId, ...authorization } },
    {
      type: 'PaymentAccepted',
      data: { transactionId, acceptedAt: at, businessDay, plannedDate: businessDay },
    },
  ];
}
