import { instant, money, parisInstant, businessDay } from '@encaisse/kernel';
import {
  CONTRACT_CATEGORY,
  NODE_CATEGORY,
  type NodeOpened,
} from '@encaisse/merchant-onboarding/contract';

import { Product } from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { RemittanceModule } from './remittance.module';

const DAY = businessDay('2017-05-15');
const NOON = parisInstant(DAY, '12:00');
const METADATA = {
  actor: { kind: 'system', login: 'test' },
  correlationId: 'test',
  causationId: null,
} as const;

let product: Product;

beforeAll(async () => {
  product = await Product.start([RemittanceModule]);
  await product.setClock(NOON);
});
afterAll(() => product.stop());

async function record(streamId: string, ...events: { type: string; data: object }[]) {
  const { store } = product.service.platform;
  await store.append([
    {
      streamId,
      expected: 'any',
      events: events.map((event) => ({
        ...event,
        eventId: uuidv7(),
        schemaVersion: 1,
        metadata: METADATA,
      })),
    },
  ]);
}

async function openContract(environment = 'TEST') {
  const contractId = uuidv7();
  const place = {
    contractId,
    environment,
    shopId: uuidv7(),
    contractNumber: String(parseInt(contractId.slice(-6), 16)),
    rank: '001',
    paymentMeans: 'CB',
    acquirer: 'BNP',
  };
  const data = {
    ...place,
    currency: 'EUR',
    minimumMinor: 1,
    maximumMinor: 100_000,
    ceilingMinor: 100_000,
    deferralDays: 0,
    telecollectionTime: null,
    bankCode: '30004',
    label: 'Librairie',
    openedAt: instant('2017-01-01T00:00:00.000Z'),
  };
  const shop: NodeOpened['data'] = {
    nodeId: place.shopId,
    level: 'SHOP',
    parentId: null,
    name: 'Librairie',
    historyMonths: null,
    siteNumber: '1999888',
    rank: '032',
    merchantIdentifier: '1686319',
    openedAt: data.openedAt,
  };
  await record(`${NODE_CATEGORY}-${place.shopId}`, { type: 'NodeOpened', data: shop });
  await record(`${CONTRACT_CATEGORY}-${contractId}`, { type: 'ContractOpened', data });
  return place;
}

let numbers = 0;

async function pay(place: Awaited<ReturnType<typeof openContract>>): Promise<string> {
  const transactionId = uuidv7();
  numbers += 1;
  await record(
    `ledger.transaction-${transactionId}`,
    {
      type: 'PaymentRequested',
      data: {
        ...place,
        transactionId,
        transactionNumber: String(numbers).padStart(10, '0'),
        orderReference: 'CMD',
        amount: money(5500, 'EUR'),
        authorizationOnly: false,
        deferralDays: 0,
        channel: 'E_COMMERCE',
        wallet: null,
        archivingReference: null,
        card: null,
        cardholder: null,
        clientCountry: null,
        duplicateOf: null,
        trace: null,
        fingerprint: 'f',
        requestedAt: NOON,
        businessDay: DAY,
      },
    },
    {
      type: 'PaymentAccepted',
      data: { transactionId, acceptedAt: NOON, businessDay: DAY, plannedDate: DAY },
    },
  );
  await product.settled();
  return transactionId;
}

async function typesOf(streamId: string): Promise<string[]> {
  const events = await product.service.platform.store.readStream(streamId);
  return events.map(({ type }) => type);
}

async function collected() {
  const place = await openContract();
  const transactionId = await pay(place);
  const body = { contractId: place.contractId };
  const answer = await product.post('/api/v1/remittances/telecollect', body);
  expect(answer.status).toBe(200);
  const [made] = answer.body.remittances;
  return { place, transactionId, made };
}

describe('Collect a contract now', () => {
  it('REM-02 sends what is due and tells the remittances made', async () => {
    const { place, transactionId, made } = await collected();
    expect(made).toMatchObject({ number: `${place.contractNumber}-1`, currency: 'EUR' });
    expect(await typesOf(`ledger.transaction-${transactionId}`)).toContain('TransactionSentToBank');
    expect(await typesOf(`remittance.remittance-${made.remittanceId}`)).toContain('RemittanceSent');
  });

  it('answers the same for a contract of another environment and for none', async () => {
    const { contractId } = await openContract('PRODUCTION');
    await product.settled();
    for (const id of [contractId, uuidv7()]) {
      const { status, body } = await product.post('/api/v1/remittances/telecollect', {
        contractId: id,
      });
      expect({ status, detail: body.detail }).toEqual({
        status: 404,
        detail: 'no contract with this id',
      });
    }
  });

  it('is for operators', async () => {
    const token = await product.tokenAt('root', ['read', 'operate']);
    const body = { contractId: uuidv7() };
    expect((await product.post('/api/v1/remittances/telecollect', body, { token })).status).toBe(
      403,
    );
  });
});

describe('The evening of the clock', () => {
  it('REM-02 telecollects at 23:00 in Paris', async () => {
    const transactionId = await pay(await openContract());
    await product.setClock(parisInstant(DAY, '22:59'));
    expect(await typesOf(`ledger.transaction-${transactionId}`)).not.toContain(
      'TransactionSentToBank',
    );
    await product.setClock(parisInstant(DAY, '23:00'));
    expect(await typesOf(`ledger.transaction-${transactionId}`)).toContain('TransactionSentToBank');
  });
});

describe('Send a rejected remittance again', () => {
  it('REM-15 is possible once it is rejected, and repeating the request repeats the answer', async () => {
    const { made } = await collected();
    const { remittanceId } = made;
    const path = `/api/v1/remittances/${remittanceId}/resend`;
    const early = await product.post(path, { id: uuidv7() });
    expect(early).toMatchObject({ status: 409, body: { status: 409 } });
    expect(early.body.type).toContain('remittance-not-rejected');
    await record(`remittance.remittance-${remittanceId}`, {
      type: 'RemittanceRejected',
      data: { remittanceId, attempt: 1, reason: 'no', answer: 'a.xml', rejectedAt: NOON },
    });
    const body = { id: uuidv7() };
    const first = await product.post(path, body);
    const again = await product.post(path, body);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    const types = await typesOf(`remittance.remittance-${remittanceId}`);
    expect(types.filter((type) => type === 'RemittanceResendRequested')).toHaveLength(1);
  });

  it('needs an id, and a remittance of the caller', async () => {
    const { made } = await collected();
    expect((await product.post(`/api/v1/remittances/${made.remittanceId}/resend`, {})).status).toBe(
      400,
    );
    const missing = await product.post(`/api/v1/remittances/${uuidv7()}/resend`, { id: uuidv7() });
    expect(missing.status).toBe(404);
    const token = await product.tokenAt(uuidv7(), ['operator']);
    const path = `/api/v1/remittances/${made.remittanceId}/resend`;
    const foreign = await product.post(path, { id: uuidv7() }, { token });
    expect(foreign).toMatchObject({ status: 404, body: { detail: missing.body.detail } });
  });
});

describe('Put a transaction back', () => {
  it('REM-15 makes it leave again, and is refused while it is not set aside', async () => {
    const place = await openContract();
    const transactionId = await pay(place);
    const path = `/api/v1/transactions/${transactionId}/put-back`;
    const early = await product.post(path, { id: uuidv7() });
    expect(early.status).toBe(409);
    expect(early.body.type).toContain('not-set-aside');
    await record(`ledger.transaction-${transactionId}`, {
      type: 'TransactionSetAside',
      data: {
        transactionId,
        reason: 'inactive-contract',
        detail: null,
        remittanceId: null,
        setAsideAt: NOON,
      },
    });
    const body = { id: uuidv7() };
    const first = await product.post(path, body);
    expect(first).toMatchObject({
      status: 200,
      body: { transactionId, acquirerStatus: 'TO_SEND' },
    });
    const again = await product.post(path, body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('answers the same for a foreign transaction and for none', async () => {
    const transactionId = await pay(await openContract());
    const token = await product.tokenAt(uuidv7(), ['operator']);
    const foreign = await product.post(
      `/api/v1/transactions/${transactionId}/put-back`,
      { id: uuidv7() },
      { token },
    );
    const missing = await product.post(`/api/v1/transactions/${uuidv7()}/put-back`, {
      id: uuidv7(),
    });
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    expect(foreign.body.detail).toBe(missing.body.detail);
  });
});
