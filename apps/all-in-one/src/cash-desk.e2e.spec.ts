import { uuidv7 } from 'uuidv7';
import { type Merchant, openMerchant, pay, Product, until } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

const DAY_MILLIS = 86_400_000;

describe('The cash desk', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
    await product.setClock('2026-05-15T10:00:00+02:00');
    merchant = await openMerchant(product);
  });
  afterAll(() => product.stop());

  const operate = (transactionId: string, operation: string, body: object = {}, options = {}) =>
    product.post(
      `/api/v1/transactions/${transactionId}/${operation}`,
      { id: uuidv7(), ...body },
      options,
    );
  const eur = (minor: number) => ({ minor, currency: 'EUR' });
  const debit = async (minor = 5500, more: object = {}) =>
    (await pay(product, merchant, minor, more)).transactionId;
  const authorization = (minor = 15_000) => debit(minor, { authorizationOnly: true });
  const allowed = async (transactionId: string) => {
    const { body } = await product.get(`/api/v1/transactions/${transactionId}/operations`);
    return body.operations
      .filter(({ isAllowed }: { isAllowed: boolean }) => isAllowed)
      .map(({ operation }: { operation: string }) => operation);
  };
  const later = (days: number) => {
    const start = Date.parse('2026-05-15T08:00:00Z');
    return new Date(start + days * DAY_MILLIS).toISOString();
  };
  /** Leaves the evening's telecollection behind, so that debits are sent. */
  const afterTelecollection = () => product.setClock('2026-05-16T09:00:00+02:00');
  const back = () => product.setClock('2026-05-15T10:00:00+02:00');

  it('CASH-14 CASH-16 captures in part, once, and leaves the rest', async () => {
    const id = await authorization();
    const first = await operate(id, 'capture', { amount: eur(10_000) });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      acquirerStatus: 'TO_SEND',
      initialAmount: eur(15_000),
      currentAmount: eur(10_000),
    });
    const second = await operate(id, 'capture', { amount: eur(5000) });
    expect(second.body).toMatchObject({ status: 409, code: 'already-captured' });
  });

  it('CASH-15 refuses a capture above the authorised amount and names the most allowed', async () => {
    const id = await authorization(8000);
    const { body } = await operate(id, 'capture', { amount: eur(8001) });
    expect(body).toMatchObject({
      status: 422,
      code: 'capture-exceeds-authorized',
      authorized: eur(8000),
    });
  });

  it('CASH-10 CASH-11 cancels a debit to send: same transaction, nothing left of its amount', async () => {
    const id = await debit(4200);
    const { status, body } = await operate(id, 'cancel');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      transactionId: id,
      type: 'CANCELLATION',
      acquirerStatus: 'TO_SEND',
      initialAmount: eur(4200),
      currentAmount: eur(0),
    });
  });

  it('CASH-12 refuses to cancel what awaits its capture', async () => {
    const { body } = await operate(await authorization(), 'cancel');
    expect(body).toMatchObject({ status: 409, code: 'awaiting-capture' });
  });

  it('CASH-05 refuses to refund what is not sent, and says what to do instead', async () => {
    const { body } = await operate(await debit(), 'refunds', { amount: eur(100) });
    expect(body).toMatchObject({ status: 409, code: 'not-sent-yet', instead: 'cancel' });
  });

  it('CASH-01 tells the operations allowed and why the others are not', async () => {
    expect(await allowed(await authorization())).toEqual([
      'capture',
      'duplicate',
      'validate',
      'block-card',
    ]);
    const id = await debit();
    expect(await allowed(id)).toEqual(['cancel', 'send', 'modify', 'duplicate', 'block-card']);
    const { body } = await product.get(`/api/v1/transactions/${id}/operations`);
    expect(body.operations[0]).toMatchObject({
      operation: 'refund',
      isAllowed: false,
      refusal: { code: 'not-sent-yet' },
    });
  });

  it('CASH-02 asks for confirmation from the eighth day and goes on with it', async () => {
    const id = await authorization();
    await product.setClock(later(7));
    const other = await authorization();
    await back();
    const onTime = await authorization();
    await product.setClock(later(7));
    expect((await operate(onTime, 'capture')).status).toBe(200);
    await product.setClock(later(8));
    expect((await operate(id, 'capture')).body).toMatchObject({
      code: 'confirmation-required',
      validUntil: '2026-05-22',
    });
    const confirmed = await operate(id, 'capture', { acknowledgeStaleAuthorization: true });
    expect(confirmed.status).toBe(200);
    expect((await operate(other, 'capture')).status).toBe(200);
    await back();
  });

  it('CASH-03 CASH-04 GEN-02 closes capture after 75 days, to the day', async () => {
    const onTime = await authorization();
    const late = await authorization();
    const acknowledge = { acknowledgeStaleAuthorization: true };
    await product.setClock('2026-07-29T23:59:59.999+02:00');
    expect(await operate(onTime, 'capture', acknowledge)).toMatchObject({ status: 200 });
    await product.setClock('2026-07-30T00:00:00+02:00');
    expect((await operate(late, 'capture', acknowledge)).body).toMatchObject({
      code: 'window-closed',
      lastDay: '2026-07-29',
    });
    await back();
  });

  it('GEN-11 answers a repeated operation as the first time and refuses the id for another', async () => {
    const id = await authorization();
    const operation = { id: uuidv7(), amount: eur(10_000) };
    const first = await operate(id, 'capture', operation);
    const again = await operate(id, 'capture', operation);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    const other = await operate(id, 'capture', { ...operation, amount: eur(9999) });
    expect(other.body).toMatchObject({ status: 409, code: 'id-reused' });
  });

  it('CASH-06 CASH-07 CASH-08 refunds several times, up to what was debited', async () => {
    const id = await debit(5500);
    await afterTelecollection();
    const refund = { id: uuidv7(), amount: eur(1000) };
    const first = await operate(id, 'refunds', refund);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      refund: {
        transactionId: refund.id,
        type: 'REFUND',
        status: 'ACCEPTED',
        acquirerStatus: 'TO_SEND',
        initialAmount: eur(1000),
        originalTransactionId: id,
      },
      original: { initialAmount: eur(5500), currentAmount: eur(4500), refundable: eur(4500) },
    });
    await operate(id, 'refunds', { amount: eur(2000) });
    expect((await operate(id, 'refunds', { amount: eur(3000) })).body).toMatchObject({
      status: 422,
      code: 'refund-exceeds-remainder',
      refundable: eur(2500),
    });
    const last = await operate(id, 'refunds', { amount: eur(2500) });
    expect(last.body.original.currentAmount).toEqual(eur(0));
    const replayed = await operate(id, 'refunds', refund);
    expect(replayed.body).toEqual(first.body);
    await back();
  });

  it('CASH-07 lets only one of two concurrent refunds of the whole through', async () => {
    const id = await debit(5500);
    await afterTelecollection();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => operate(id, 'refunds', { amount: eur(5500) })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, body } of answers)
      if (status !== 201) expect(body.code).toBe('refund-exceeds-remainder');
    await back();
  });

  it('CASH-10 refuses to cancel what is sent, and says to refund it', async () => {
    const id = await debit();
    await afterTelecollection();
    const { body } = await operate(id, 'cancel');
    expect(body).toMatchObject({ status: 409, code: 'already-sent', instead: 'refund' });
    await back();
  });

  it('PAY-19 lowers the amount and moves the planned date before sending', async () => {
    const id = await debit(6000);
    const { body } = await operate(id, 'modify', { amount: eur(4000), plannedDate: '2026-05-18' });
    expect(body).toMatchObject({ currentAmount: eur(4000), plannedDate: '2026-05-18' });
    expect((await operate(id, 'modify', { amount: eur(4001) })).body.code).toBe(
      'amount-exceeds-current',
    );
    expect((await operate(id, 'modify', { plannedDate: '2026-05-23' })).body).toMatchObject({
      code: 'planned-date-out-of-range',
      firstDay: '2026-05-15',
      lastDay: '2026-05-22',
    });
  });

  it('PAY-19 duplicates with the stored card, its own authorisation and another reference', async () => {
    const id = await debit(5500);
    const copy = { id: uuidv7(), orderReference: 'CMD-2', amount: eur(700) };
    const { status, body } = await product.post(`/api/v1/transactions/${id}/duplicate`, copy);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      transactionId: copy.id,
      status: 'ACCEPTED',
      orderReference: 'CMD-2',
      initialAmount: eur(700),
    });
    const same = { id: uuidv7(), orderReference: 'CMD-1', amount: eur(700) };
    const refused = await product.post(`/api/v1/transactions/${id}/duplicate`, same);
    expect(refused.body).toMatchObject({ code: 'order-reference-reused' });
  });

  it('LOG-03 records an operation and its entry in the action log together, or neither', async () => {
    const id = await authorization(9000);
    const answer = await operate(id, 'capture');
    expect(answer.status).toBe(200);
    const [captured] = (await product.store.readStream(`ledger.transaction-${id}`)).slice(-1);
    const [entry] = await product.store.readAll({ after: captured!.position, limit: 1 });
    expect([captured?.type, entry?.type]).toEqual(['TransactionCaptured', 'ActionRecorded']);
    expect(entry?.data).toMatchObject({
      kind: 'CAPTURE',
      about: { kind: 'transaction', id },
      result: 'ACCEPTED',
      status: 200,
    });
    // What the operation itself appended ends with the entry.
    expect(answer.headers.get('ledger-position')).toBe(String(entry?.position));
    const before = await product.store.lastPosition();
    expect((await operate(id, 'capture')).status).toBe(409);
    const after = await product.store.readAll({ after: before, limit: 100 });
    const ofIt = after.filter((event) => JSON.stringify(event).includes(id));
    expect(ofIt.map(({ type, data }) => [type, (data as { result?: string }).result])).toEqual([
      ['ActionRecorded', 'REFUSED'],
    ]);
  });

  it('PAY-19 validates an authorisation in full', async () => {
    const { body } = await operate(await authorization(9000), 'validate');
    expect(body).toMatchObject({ acquirerStatus: 'TO_SEND', currentAmount: eur(9000) });
  });

  it('CASH-18 CASH-19 sends ahead of the planned date, the day it is asked', async () => {
    const id = await debit(5500, { deferralDays: 4 });
    const asked = await operate(id, 'send');
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({ plannedDate: '2026-05-19', acquirerStatus: 'TO_SEND' });
    await until(async () => {
      const { body } = await operate(id, 'cancel');
      expect(['operation-in-progress', 'already-sent']).toContain(body.code);
      return body.code === 'already-sent';
    });
  });

  describe('bad input', () => {
    it('tells a foreign transaction from an unknown one in no way', async () => {
      const stranger = await openMerchant(product);
      const token = await product.tokenAt(stranger.shopId);
      const foreign = await operate(await debit(), 'cancel', {}, { token });
      const unknown = await operate(uuidv7(), 'cancel', {}, { token });
      const malformed = await operate('not-an-id', 'cancel', {}, { token });
      expect(foreign.status).toBe(404);
      const shown = ({ body }: { body: object }) => ({ ...body, instance: '' });
      expect(shown(foreign)).toEqual(shown(unknown));
      expect(shown(malformed)).toEqual(shown(unknown));
    });

    it.each([
      ['refunds', {}, '/amount'],
      ['refunds', { amount: { minor: 0, currency: 'EUR' } }, '/amount/minor'],
      ['capture', { amount: { minor: -5, currency: 'EUR' } }, '/amount/minor'],
      ['capture', { acknowledgeStaleAuthorization: 'yes' }, '/acknowledgeStaleAuthorization'],
      ['cancel', { reason: 'fraud' }, '/reason'],
      ['modify', { plannedDate: '2026-02-30' }, '/plannedDate'],
    ])('refuses %s with %j and names the field', async (operation, body, pointer) => {
      const id = await debit();
      const { store } = product;
      const stream = `ledger.transaction-${id}`;
      const before = await store.readStream(stream);
      const answer = await operate(id, operation, body);
      expect(answer.status).toBe(400);
      const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
      expect(pointers).toContain(pointer);
      expect(await store.readStream(stream)).toEqual(before);
    });

    it('refuses another currency than the transaction’s', async () => {
      const amount = { minor: 100, currency: 'USD' };
      const { body } = await operate(await authorization(), 'capture', { amount });
      expect(body).toMatchObject({ status: 422, code: 'currency-mismatch', expected: 'EUR' });
    });
  });
});
