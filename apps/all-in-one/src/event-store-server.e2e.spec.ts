import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChildProduct,
  freePort,
  type KurrentDbStandIn,
  type Merchant,
  openMerchant,
  pay,
  Product,
  startKurrentDbStandIn,
  until,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { ALL_MODULES } from './modules';

const eur = (minor: number) => ({ minor, currency: 'EUR' as const });

describe('The whole product on a server of the EventStoreDB protocol, a stand-in', () => {
  let server: KurrentDbStandIn;
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    server = await startKurrentDbStandIn();
    product = await Product.start(ALL_MODULES, { EVENTSTORE_URL: server.url });
    await product.setClock('2026-05-15T10:00:00+02:00');
    merchant = await openMerchant(product);
  });
  afterAll(async () => {
    await product.stop();
    server.stop();
  });

  const operate = (transactionId: string, operation: string, body: object = {}) =>
    product.post(`/api/v1/transactions/${transactionId}/${operation}`, { id: uuidv7(), ...body });
  const transaction = async (transactionId: string) => {
    await product.settled();
    return product.get(`/api/v1/transactions/${transactionId}`);
  };
  /** A debit of 150,00 € of which 100,00 € were captured and telecollected. */
  const sent = async (): Promise<string> => {
    const { transactionId } = await pay(product, merchant, 15_000, { authorizationOnly: true });
    expect((await operate(transactionId, 'capture', { amount: eur(10_000) })).status).toBe(200);
    const collected = await product.post('/api/v1/remittances/telecollect', {
      contractId: merchant.contractId,
    });
    expect(collected.status).toBeLessThan(300);
    return transactionId;
  };

  it('pays, captures, telecollects, refunds and finds it all again', async () => {
    const id = await sent();
    expect((await transaction(id)).body).toMatchObject({ acquirerStatus: 'SENT' });
    const refundId = uuidv7();
    const refund = { id: refundId, amount: eur(2_500) };
    const first = await product.post(`/api/v1/transactions/${id}/refunds`, refund);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      refund: { transactionId: refundId, type: 'REFUND', acquirerStatus: 'TO_SEND' },
      original: { transactionId: id, currentAmount: eur(7_500) },
    });
    const again = await product.post(`/api/v1/transactions/${id}/refunds`, refund);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');

    const found = await product.get(
      `/api/v1/transactions?from=2026-05-15&to=2026-05-15&shopId=${merchant.shopId}`,
      { headers: { 'ledger-position': String(first.position) } },
    );
    const ids = found.body.items.map((item: { transactionId: string }) => item.transactionId);
    expect(ids).toEqual(expect.arrayContaining([id, refundId]));
  });

  it('CASH-06 never gives back more than was taken, and refuses an id that is something else', async () => {
    const id = await sent();
    const both = await Promise.all([
      operate(id, 'refunds', { amount: eur(6_000) }),
      operate(id, 'refunds', { amount: eur(6_000) }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
    const other = (await pay(product, merchant, 1_000)).transactionId;
    const reused = await product.post(`/api/v1/transactions/${id}/refunds`, {
      id: other,
      amount: eur(100),
    });
    expect(reused.body).toMatchObject({ status: 409, code: 'id-reused' });
    expect((await transaction(id)).body).toMatchObject({ currentAmount: eur(4_000) });
  });

  it('CASH-08 opens the stream of a refund that a crash left decided only', async () => {
    const id = await sent();
    const refundId = uuidv7();
    const { store } = product.service.platform;
    const [last] = await store.readStream(`ledger.transaction-${id}`, {
      direction: 'backwards',
      limit: 1,
    });
    const decided = {
      transactionId: id,
      refundId,
      amount: eur(300),
      refundedAt: '2026-05-15T09:00:00.000Z',
      businessDay: '2026-05-15',
    };
    const refunded = { ...last!, eventId: uuidv7(), type: 'TransactionRefunded', schemaVersion: 1 };
    await store.append([
      {
        streamId: last!.streamId,
        expected: last!.version,
        events: [{ ...refunded, data: decided }],
      },
    ]);
    const opened = () => store.readStream(`ledger.transaction-${refundId}`);
    await until(async () => (await opened()).length > 0);
    expect((await transaction(refundId)).body).toMatchObject({
      type: 'REFUND',
      acquirerStatus: 'TO_SEND',
      initialAmount: eur(300),
    });
    expect((await opened()).map(({ type }) => type)).toEqual(['RefundRequested', 'RefundAccepted']);
  });

  it('is ready, and its positions are those of the server', async () => {
    const { status, body } = await product.get('/health/ready');
    expect(status).toBe(200);
    expect(body.parts.log).toBe(`at position ${server.log.events.at(-1)?.position}`);
  });
});

describe('Start on a server of the EventStoreDB protocol', () => {
  it('takes the one variable EVENTSTORE_URL, says what it cannot do, and tells no password', async () => {
    const server = await startKurrentDbStandIn();
    const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-event-store-'));
    const product = await ChildProduct.start({
      PORT: String(await freePort()),
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
      DATA_DIR: dataDir,
      EVENTSTORE_URL: server.url.replace('esdb://', 'kurrentdb://ops:hush-hush@'),
    });
    expect(product.text).toContain(
      'encaisse backup needs positions without holes, which this event store does not offer',
    );
    expect(await product.stop()).toBe(0);
    expect(product.text).not.toContain('hush-hush');
    server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
