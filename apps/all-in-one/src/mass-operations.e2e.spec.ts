import { derivedUuid } from '@encaisse/platform/http';
import {
  type Answer,
  found,
  type Merchant,
  openContract,
  openMerchant,
  pay,
  Product,
  until,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { ALL_MODULES } from './modules';

const ROUTE = '/api/v1/mass-operations';
const NOON = '2026-05-15T12:00:00+02:00';

describe('Mass operations', () => {
  let product: Product;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
    await product.setClock(NOON);
  });
  afterAll(() => product.stop());

  const eur = (minor: number) => ({ minor, currency: 'EUR' });
  const sum = (count: number, minor: number) => ({ count, amount: eur(minor) });
  const period = { from: '2026-02-01', to: '2026-12-31' };
  const authorize = async (merchant: Merchant, minor = 1000) =>
    (await pay(product, merchant, minor, { authorizationOnly: true })).transactionId;
  const authorizations = async (merchant: Merchant, count: number, minor = 1000) => {
    const ids: string[] = [];
    while (ids.length < count) ids.push(await authorize(merchant, minor));
    return ids;
  };
  const searchAt = ({ brandId }: Merchant, more: object = {}) => ({
    ...period,
    nodeId: brandId,
    ...more,
  });
  const capture = (merchant: Merchant, more: object = {}) => ({
    id: uuidv7(),
    operation: 'capture',
    search: searchAt(merchant),
    ...more,
  });
  const send = (merchant: Merchant, more: object = {}) => ({
    ...capture(merchant, more),
    operation: 'send',
  });
  /** Asks once the journal shows everything. */
  const ask = async (body: object, options = {}): Promise<Answer> => {
    await product.settled();
    return product.post(ROUTE, body, options);
  };
  const finished = ({ body }: Answer): Promise<Answer['body']> =>
    found('the end of the mass operation', async () => {
      const { body: progress } = await product.get(`${ROUTE}/${body.massOperationId}`);
      return progress.status === 'DONE' ? progress : undefined;
    });
  const reportOf = async (id: string, query = '', headers = {}) =>
    (await product.get(`${ROUTE}/${id}/report${query}`, { headers })).body;
  const transaction = async (id: string) => {
    await product.settled();
    return (await product.get(`/api/v1/transactions/${id}`)).body;
  };
  const eventsOf = async (id: string) =>
    (await product.store.readStream(`ledger.transaction-${id}`)).map(({ type }) => type);

  it('CASH-17 captures every page of the list in full, skips what is past 75 days, and reports each', async () => {
    const merchant = await openMerchant(product);
    await product.setClock('2026-02-28T12:00:00+01:00');
    const tooOld = await authorize(merchant);
    await product.setClock(NOON);
    const ids = await authorizations(merchant, 120, 1500);
    const debit = await pay(product, merchant, 700);
    const request = capture(merchant, { expectedCount: 121 });
    const answer = await ask(request);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      massOperationId: request.id,
      operation: 'capture',
      status: 'RUNNING',
      count: 121,
      totals: [
        {
          currency: 'EUR',
          debits: sum(121, 181_000),
          refunds: sum(0, 0),
          total: eur(181_000),
        },
      ],
      startedAt: '2026-05-15T10:00:00.000Z',
    });
    expect(await finished(answer)).toMatchObject({ count: 121, done: 120, skipped: 1 });

    const first = await reportOf(request.id, '?limit=100');
    const second = await reportOf(request.id, `?limit=100&cursor=${first.nextCursor}`);
    const lines = [...first.items, ...second.items];
    expect(second.nextCursor).toBeNull();
    expect(new Set(lines.map((line) => line.transactionId))).toEqual(new Set([tooOld, ...ids]));
    expect(lines).toHaveLength(121);
    expect(lines[0]).toEqual({
      transactionId: tooOld,
      transactionNumber: expect.stringMatching(/^\d{10}$/),
      orderReference: 'CMD-1',
      initialAmount: eur(1000),
      currentAmount: eur(1000),
      outcome: 'skipped',
      code: 'window-closed',
      detail: 'Délai dépassé : possible jusqu’au 14/05/2026 seulement.',
    });
    expect(lines.slice(1).every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(await transaction(ids[119]!)).toMatchObject({
      acquirerStatus: 'TO_SEND',
      currentAmount: eur(1500),
    });
    expect(await transaction(tooOld)).toMatchObject({ acquirerStatus: 'AWAITING_CAPTURE' });
    expect(await eventsOf(debit.transactionId)).not.toContain('TransactionCaptured');
  });

  it('CASH-02 leaves authorisations past seven days until the person acknowledges it', async () => {
    const merchant = await openMerchant(product);
    const id = await authorize(merchant);
    await product.setClock('2026-05-23T12:00:00+02:00');
    const first = await finished(await ask(capture(merchant)));
    expect(first).toMatchObject({ done: 0, skipped: 1 });
    const english = { 'accept-language': 'en-GB,en;q=0.9' };
    const { items } = await reportOf(first.massOperationId, '?outcome=skipped', english);
    expect(items).toMatchObject([
      {
        transactionId: id,
        code: 'confirmation-required',
        detail:
          'Authorised on 2026-05-15, held until 2026-05-22: it needs an explicit confirmation.',
      },
    ]);
    const second = await ask(capture(merchant, { acknowledgeStaleAuthorization: true }));
    expect(await finished(second)).toMatchObject({ done: 1, skipped: 0 });
    await product.setClock(NOON);
  });

  it('CASH-20 CASH-18 sends all that is listed at once, one remittance per contract', async () => {
    const merchant = await openMerchant(product, { deferralDays: 3 });
    const refunded = await pay(product, merchant, 4000, { deferralDays: 0 });
    await product.setClock('2026-05-16T09:00:00+02:00');
    const refund = await product.post(`/api/v1/transactions/${refunded.transactionId}/refunds`, {
      id: uuidv7(),
      amount: eur(500),
    });
    expect(refund.status).toBe(201);
    const other = { ...merchant, ...(await openContract(product, merchant.shopId)) };
    const sent: string[] = [refund.body.refund.transactionId];
    for (const contract of [merchant, merchant, other, other])
      sent.push((await pay(product, contract, 1000, { deferralDays: 3 })).transactionId);
    const awaiting = await authorize(merchant);

    const answer = await ask(send(merchant, { expectedCount: 5 }));
    expect(answer.body.totals).toEqual([
      { currency: 'EUR', debits: sum(4, 4000), refunds: sum(1, 500), total: eur(3500) },
    ]);
    expect(await finished(answer)).toMatchObject({ done: 5, skipped: 0 });
    await untilSent(sent);
    const numbers = await Promise.all(
      sent.map(async (id) => (await transaction(id)).remittanceNumber),
    );
    expect(numbers).toEqual([
      numbers[0],
      numbers[0],
      numbers[0],
      `${other.contractNumber}-1`,
      `${other.contractNumber}-1`,
    ]);
    expect(numbers[0]).toMatch(new RegExp(`^${merchant.contractNumber}-`));
    expect(await transaction(awaiting)).toMatchObject({ acquirerStatus: 'AWAITING_CAPTURE' });
    await product.setClock(NOON);
  });

  it('CASH-20 leaves out what the list no longer holds and cancellations, filters included', async () => {
    const merchant = await openMerchant(product);
    const cancelled = await pay(product, merchant, 900, { orderReference: 'WANTED-6' });
    await product.post(`/api/v1/transactions/${cancelled.transactionId}/cancel`, { id: uuidv7() });
    await pay(product, merchant, 1000, { orderReference: 'OTHER' });
    const wanted = await pay(product, merchant, 1100, { orderReference: 'WANTED-7' });
    const search = searchAt(merchant, { orderReference: 'wanted%' });
    await product.settled();
    const { body } = await product.post(`${ROUTE}/preview`, { operation: 'send', search });
    expect(body).toMatchObject({ operation: 'send', count: 1, totals: [{ total: eur(1100) }] });
    const { massOperationId } = await finished(await ask(send(merchant, { search })));
    const { items } = await reportOf(massOperationId);
    expect(items.map((line: { transactionId: string }) => line.transactionId)).toEqual([
      wanted.transactionId,
    ]);
  });

  it('GEN-11 answers a repeated request as the first time and refuses its id for another', async () => {
    const merchant = await openMerchant(product);
    await authorizations(merchant, 2);
    const request = capture(merchant);
    const first = await ask(request);
    await finished(first);
    await authorize(merchant);
    const again = await ask(request);
    expect(again.status).toBe(202);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await finished(again)).toMatchObject({ count: 2, done: 2 });
    const other = await ask({ ...request, acknowledgeStaleAuthorization: true });
    expect(other.body).toMatchObject({ status: 409, code: 'id-reused' });
    const { id: _, ...keyed } = request;
    const headers = { 'idempotency-key': 'month-end' };
    const [one, two] = [await ask(keyed, { headers }), await ask(keyed, { headers })];
    expect(one.body).toMatchObject({ count: 1 });
    expect(two.body).toEqual(one.body);
  });

  it('GEN-11 records one of several simultaneous repeats', async () => {
    const merchant = await openMerchant(product);
    await authorizations(merchant, 3);
    const request = capture(merchant);
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(request)));
    for (const { status, body } of answers) {
      expect(status).toBe(202);
      expect(body).toEqual(answers[0]!.body);
    }
    await finished(answers[0]!);
    const events = await product.store.readStream(`backoffice.mass_operation-${request.id}`);
    expect(events.map(({ type }) => type)).toEqual([
      'MassOperationRequested',
      'MassOperationSelected',
    ]);
  });

  it('GEN-06 asks again when the list is no longer the one that was confirmed', async () => {
    const merchant = await openMerchant(product);
    await authorizations(merchant, 2);
    await product.settled();
    const { operation, search } = capture(merchant);
    const shown = await product.post(`${ROUTE}/preview`, { operation, search });
    expect(shown.status).toBe(200);
    await authorize(merchant, 250);
    const refused = await ask(capture(merchant, { expectedCount: shown.body.count }));
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'selection-changed',
      count: 3,
      totals: [{ debits: sum(3, 2250) }],
    });
    const confirmed = await ask(capture(merchant, { expectedCount: refused.body.count }));
    expect(await finished(confirmed)).toMatchObject({ done: 3 });
    const nothing = await ask(capture(merchant));
    expect(nothing.body).toMatchObject({ status: 409, code: 'selection-empty' });
  });

  it('CASH-17 takes up where a process died, and doubles nothing when all is delivered again', async () => {
    const { consumers, store } = product;
    const merchant = await openMerchant(product);
    const ids = await authorizations(merchant, 3);
    await consumers.stop();
    const answer = await ask(capture(merchant));
    const { massOperationId } = answer.body;
    await product.settled();
    const waiting = await product.get(`${ROUTE}/${massOperationId}`);
    expect(waiting.body).toMatchObject({ status: 'RUNNING', done: 0, finishedAt: null });
    // The process died after the first capture, before the chunk was recorded.
    await store.append([
      {
        streamId: `ledger.transaction-${ids[0]}`,
        expected: 'stream-exists',
        events: [
          {
            eventId: uuidv7(),
            type: 'TransactionCaptured',
            schemaVersion: 1,
            data: {
              transactionId: ids[0],
              operationId: derivedUuid(`${massOperationId}|${ids[0]}`),
              amount: eur(1000),
              capturedAt: '2026-05-15T10:00:00.000Z',
              businessDay: '2026-05-15',
            },
            metadata: {
              actor: { kind: 'person', login: 'camille.durand' },
              correlationId: 'test',
              causationId: null,
            },
          },
        ],
      },
    ]);
    await consumers.start();
    expect(await finished(answer)).toMatchObject({ done: 3, skipped: 0 });

    const before = await product.lastFact();
    await consumers.stop();
    await consumers.redeliver('cashdesk.mass-operations');
    await consumers.start();
    await consumers.caughtUp('cashdesk.mass-operations');
    expect(await product.lastFact()).toBe(before);
    for (const id of ids) {
      const captures = (await eventsOf(id)).filter((type) => type === 'TransactionCaptured');
      expect(captures).toHaveLength(1);
    }
    const { body } = await product.get(`${ROUTE}/${massOperationId}`);
    expect(body).toMatchObject({ done: 3, skipped: 0 });
  });

  it('lists the mass operations of the node, newest first, for those who see it', async () => {
    const merchant = await openMerchant(product);
    const token = await product.tokenAt(merchant.shopId);
    await authorize(merchant);
    const search = period;
    const first = await ask(capture(merchant, { search }), { token });
    await finished(first);
    await authorize(merchant);
    const second = await ask(capture(merchant, { search }), { token });
    await finished(second);
    await product.settled();
    const { body } = await product.get(`${ROUTE}?limit=1`, { token });
    expect(body.items).toMatchObject([
      {
        massOperationId: second.body.massOperationId,
        login: 'camille.durand',
        status: 'DONE',
        finishedAt: expect.any(String),
      },
    ]);
    const next = await product.get(`${ROUTE}?limit=1&cursor=${body.nextCursor}`, { token });
    expect(next.body.items[0].massOperationId).toBe(first.body.massOperationId);
    expect(next.body.nextCursor).toBeNull();
  });

  const untilSent = (ids: readonly string[]) =>
    until(async () => {
      const events = await Promise.all(ids.map(eventsOf));
      return events.every((types) => types.includes('TransactionSentToBank'));
    });

  describe('bad input', () => {
    let merchant: Merchant;
    beforeAll(async () => {
      merchant = await openMerchant(product);
      await authorize(merchant);
      await product.settled();
    });

    it.each([
      ['another operation', { operation: 'refund' }, 400, '/operation'],
      ['no search', { search: undefined }, 400, '/search'],
      ['no dates', { search: {} }, 400, '/search/from'],
      ['a misspelt filter', { search: { ...period, statuss: 'X' } }, 400, '/search/statuss'],
      ['a page size', { search: { ...period, limit: '10' } }, 400, '/search/limit'],
      ['a number for a text', { search: { ...period, amount: 10 } }, 400, '/search/amount'],
      ['a negative count', { expectedCount: -1 }, 400, '/expectedCount'],
      ['an unknown field', { amount: 5 }, 400, '/amount'],
      ['no id', { id: undefined }, 400, '/id'],
      ['an id of version 4', { id: '3f0f3c1e-8d7a-4c9b-9b1a-0123456789ab' }, 400, '/id'],
      ['dates reversed', { search: { from: '2026-06-01', to: '2026-05-01' } }, 422, '/search/from'],
    ])('refuses %s, names the field and records nothing', async (_, more, status, pointer) => {
      const before = await product.lastFact();
      const answer = await ask(capture(merchant, more));
      expect(answer.status).toBe(status);
      const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
      expect(pointers).toContain(pointer);
      expect(await product.lastFact()).toBe(before);
    });

    it('needs the right to operate', async () => {
      const token = await product.tokenAt(merchant.shopId, ['read']);
      expect((await ask(capture(merchant), { token })).status).toBe(403);
      const { operation, search } = capture(merchant);
      const preview = await product.post(`${ROUTE}/preview`, { operation, search }, { token });
      expect(preview.status).toBe(403);
    });

    it('tells a foreign node and a foreign mass operation from missing ones in no way', async () => {
      const stranger = await openMerchant(product);
      const token = await product.tokenAt(stranger.shopId);
      const shown = ({ status, body }: Answer) => ({ ...body, status, instance: '' });
      const foreignNode = await ask(capture(merchant), { token });
      const search = { ...period, nodeId: uuidv7() };
      const missingNode = await ask(capture(merchant, { search }), { token });
      expect(foreignNode.status).toBe(404);
      expect(shown(foreignNode)).toEqual(shown(missingNode));

      const request = capture(merchant, { search: period });
      const home = await product.tokenAt(merchant.shopId);
      await finished(await ask(request, { token: home }));
      for (const path of ['', '/report']) {
        const foreign = await product.get(`${ROUTE}/${request.id}${path}`, { token });
        const missing = await product.get(`${ROUTE}/${uuidv7()}${path}`, { token });
        const malformed = await product.get(`${ROUTE}/not-an-id${path}`, { token });
        expect(foreign.status).toBe(404);
        expect(shown(foreign)).toEqual(shown(missing));
        expect(shown(malformed)).toEqual(shown(missing));
      }
      const reused = await ask(request, { token });
      expect(reused.body).toMatchObject({ status: 409, code: 'id-reused' });
    });
  });
});
