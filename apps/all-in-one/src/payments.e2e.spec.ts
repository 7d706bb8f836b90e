import { uuidv7 } from 'uuidv7';
import { CARD, found, type Merchant, openMerchant, pay, payment, Product } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

describe('Take a payment', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
    merchant = await openMerchant(product, { minimumMinor: 100, maximumMinor: 500_000 });
  });
  afterAll(() => product.stop());

  const take = (body: object, options = {}) => product.post('/api/v1/payments', body, options);
  const position = () => product.lastFact();

  it('PAY-09 answers 201 with the accepted payment, to send at its planned date', async () => {
    const { status, body, headers } = await take(payment(merchant, 5500));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: 'DEBIT',
      status: 'ACCEPTED',
      acquirerStatus: 'TO_SEND',
      initialAmount: { minor: 5500, currency: 'EUR' },
      currentAmount: { minor: 5500, currency: 'EUR' },
      maskedCardNumber: '400000******0010',
      responseCode: '00',
    });
    expect(body.authorizationNumber).toMatch(/^.{6}$/);
    expect(body.transactionNumber).toMatch(/^\d{10}$/);
    expect(Number(headers.get('ledger-position'))).toBeGreaterThan(0);
  });

  it.each([
    [1051, 'ISSUER_DECLINED', '51'],
    [1005, 'ISSUER_DECLINED', '05'],
    [1054, 'CARD_EXPIRED', '54'],
    [1096, 'TECHNICAL_ERROR', '96'],
  ])('TRX-32 records the refusal of %i cents as %s', async (minor, refusalReason, responseCode) => {
    const { status, body } = await take(payment(merchant, minor));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'REFUSED',
      acquirerStatus: 'NOT_APPLICABLE',
      refusalReason,
      responseCode,
    });
  });

  it('CONT-09 refuses below the minimum, above the maximum and at neither edge', async () => {
    const statusOf = async (minor: number) => (await take(payment(merchant, minor))).body;
    expect(await statusOf(99)).toMatchObject({
      status: 'REFUSED',
      refusalReason: 'AMOUNT_OUT_OF_RANGE',
    });
    expect(await statusOf(100)).toMatchObject({ status: 'ACCEPTED' });
    expect(await statusOf(500_000)).toMatchObject({ status: 'ACCEPTED' });
    expect(await statusOf(500_001)).toMatchObject({
      status: 'REFUSED',
      refusalReason: 'AMOUNT_OUT_OF_RANGE',
      responseCode: null,
    });
  });

  it('CONT-09 refuses on an inactive contract and accepts again once it is restored', async () => {
    const other = await openMerchant(product);
    await product.post(`/api/v1/contracts/${other.contractId}/deactivate`, { id: uuidv7() });
    expect((await take(payment(other, 5000))).body).toMatchObject({
      status: 'REFUSED',
      refusalReason: 'CONTRACT_INACTIVE',
    });
    await product.post(`/api/v1/contracts/${other.contractId}/activate`, { id: uuidv7() });
    expect((await take(payment(other, 5000))).body).toMatchObject({ status: 'ACCEPTED' });
  });

  it('GEN-11 answers a repeat as the first time, also when only the verification code differs', async () => {
    const body = payment(merchant, 5500);
    const first = await take(body);
    const again = await take({ ...body, card: { ...CARD, verificationCode: '999' } });
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('L3 answers a repeat as the first time, whatever was done with the transaction since', async () => {
    const body = payment(merchant, 5600, { authorizationOnly: true });
    const first = await take(body);
    const path = `/api/v1/transactions/${body.id}`;
    await product.post(`${path}/capture`, { amount: { minor: 4000, currency: 'EUR' } });
    const again = await take(body);
    expect(again.body).toEqual(first.body);
    await product.post(`${path}/cancel`, {});
    expect((await take(body)).body).toEqual(first.body);
  });

  it('GEN-11 takes the Idempotency-Key header instead of an id', async () => {
    const { id: _id, ...body } = payment(merchant, 5500);
    const headers = { 'idempotency-key': 'commande 42' };
    const first = await take(body, { headers });
    const again = await take(body, { headers });
    expect(again.body).toEqual(first.body);
    const other = await take({ ...body, orderReference: 'CMD-2' }, { headers });
    expect(other.body).toMatchObject({ status: 409, code: 'id-reused' });
  });

  it('GEN-11 takes one payment when the same request comes twenty times at once', async () => {
    const body = payment(merchant, 7700);
    const answers = await Promise.all(Array.from({ length: 20 }, () => take(body)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(
      answers.filter(({ headers }) => headers.get('idempotent-replayed') !== 'true'),
    ).toHaveLength(1);
    const { store } = product;
    expect(await store.readStream(`ledger.transaction-${body.id}`)).toHaveLength(3);
  });

  it('leaves an unanswered authorisation pending, reverses it, then refuses it', async () => {
    const taken = await pay(product, merchant, 1091);
    expect(taken).toMatchObject({ status: 'PENDING', acquirerStatus: 'AWAITING_CONFIRMATION' });
    expect(await eventsUntil(taken.transactionId, 'PaymentRefused')).toEqual([
      'PaymentRequested',
      'AuthorizationOutcomeUnknown',
      'AuthorizationReversed',
      'PaymentRefused',
    ]);
  });

  it('records an approval that comes after the time-out without changing anything', async () => {
    const taken = await pay(product, merchant, 1092);
    const types = await eventsUntil(taken.transactionId, 'LateAuthorizationAnswerReceived');
    expect(types).toContain('PaymentRefused');
    const { body } = await product.post(`/api/v1/transactions/${taken.transactionId}/validate`, {
      id: uuidv7(),
    });
    expect(body).toMatchObject({ status: 409, code: 'not-accepted' });
  });

  async function eventsUntil(transactionId: string, type: string): Promise<string[]> {
    const { store } = product;
    return found(type, async () => {
      const events = await store.readStream(`ledger.transaction-${transactionId}`);
      const types = events.map((event) => event.type);
      return types.includes(type) ? types : undefined;
    });
  }

  it('GEN-12 keeps the card number and the verification code out of every event', async () => {
    const { transactionId } = await pay(product, merchant, 5500);
    const events = await product.store.readStream(`ledger.transaction-${transactionId}`);
    const text = JSON.stringify(events);
    expect(text).not.toContain(CARD.number);
    expect(text).not.toContain('verificationCode');
    expect(text).toContain('400000******0010');
  });

  it('GEN-10 records each step with its time and its actor', async () => {
    const { transactionId } = await pay(product, merchant, 5500);
    const events = await product.store.readStream(`ledger.transaction-${transactionId}`);
    for (const { metadata, recordedAt } of events) {
      expect(metadata.actor).toEqual({ kind: 'person', login: 'camille.durand' });
      expect(recordedAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    }
  });

  describe('bad input', () => {
    const body = () => payment(merchant, 5500);
    type Row = [string, () => object, number, string, string];
    const rows: Row[] = [
      ['an unknown field', () => ({ ...body(), colour: 'red' }), 400, 'unknown-field', '/colour'],
      [
        'a wrong type',
        () => ({ ...body(), orderReference: 7 }),
        400,
        'invalid-request',
        '/orderReference',
      ],
      ['amount 0', () => amount(0), 400, 'invalid-amount', '/amount/minor'],
      ['a negative amount', () => amount(-1), 400, 'invalid-amount', '/amount/minor'],
      ['a fraction', () => amount(10.5), 400, 'invalid-amount', '/amount/minor'],
      ['an amount above 2^53', () => amount(2 ** 53), 400, 'invalid-amount', '/amount/minor'],
      ['an amount in text', () => amount('10'), 400, 'invalid-amount', '/amount/minor'],
      ['an unknown currency', () => currency('XXZ'), 400, 'unknown-currency', '/amount/currency'],
      ['a numeric currency', () => currency('978'), 400, 'unknown-currency', '/amount/currency'],
      [
        'a currency not of the contract',
        () => currency('USD'),
        422,
        'currency-not-of-contract',
        '/amount/currency',
      ],
      [
        'a currency with other digits',
        () => currency('JPY'),
        422,
        'currency-not-of-contract',
        '/amount/currency',
      ],
      [
        'a card failing Luhn',
        () => card({ number: '4000000000000011' }),
        422,
        'card-number-invalid',
        '/card/number',
      ],
      [
        'letters in the card',
        () => card({ number: '4000abcd00000010' }),
        422,
        'card-number-invalid',
        '/card/number',
      ],
      ['an expired card', () => card({ expiry: '2001' }), 422, 'card-expired', '/card/expiry'],
      ['month 13', () => card({ expiry: '3013' }), 400, 'invalid-request', '/card/expiry'],
      [
        'an unknown contract',
        () => ({ ...body(), contractId: uuidv7() }),
        422,
        'unknown-contract',
        '/contractId',
      ],
      [
        'an unknown shop',
        () => ({ ...body(), contractId: undefined, shopId: uuidv7() }),
        422,
        'unknown-shop',
        '/shopId',
      ],
      [
        'means of another contract',
        () => ({ ...body(), paymentMeans: 'AMEX' }),
        422,
        'means-not-of-contract',
        '/paymentMeans',
      ],
      ['no card', () => ({ ...body(), card: undefined }), 400, 'invalid-request', '/card'],
      ['no amount', () => ({ ...body(), amount: null }), 400, 'invalid-request', '/amount'],
      [
        'an id of version 4',
        () => ({ ...body(), id: 'a3bb189e-8bf9-4888-9912-ace4e6543002' }),
        400,
        'invalid-request',
        '/id',
      ],
      ['no id', () => ({ ...body(), id: undefined }), 400, 'invalid-request', '/id'],
      ['a list', () => [], 400, 'invalid-request', ''],
    ];
    const amount = (minor: unknown) => ({ ...body(), amount: { minor, currency: 'EUR' } });
    const currency = (code: string) => ({ ...body(), amount: { minor: 5500, currency: code } });
    const card = (more: object) => ({ ...body(), card: { ...CARD, ...more } });

    it.each(rows)(
      'refuses %s, names the field and changes nothing',
      async (_name, make, status, code, pointer) => {
        const before = await position();
        const answer = await take(make());
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(answer.body).toMatchObject({ type: `/problems/${code}`, status, code });
        const pointers = answer.body.errors?.map((error: { pointer: string }) => error.pointer) ?? [
          answer.body.pointer,
        ];
        expect(pointers).toContain(pointer);
        expect(answer.text).not.toContain(CARD.number);
        expect(await position()).toBe(before);
      },
    );

    it('refuses a body that is not JSON', async () => {
      const { body: problem } = await product.call('POST', '/api/v1/payments', '{"id":');
      expect(problem).toMatchObject({ code: 'invalid-request', status: 400 });
    });

    it('refuses a body above 1 MiB', async () => {
      const { body: problem } = await take({ ...body(), orderReference: 'x'.repeat(1_100_000) });
      expect(problem).toMatchObject({ code: 'body-too-large', status: 413 });
    });

    it('refuses a repeated id with other content and changes nothing', async () => {
      const first = body();
      await take(first);
      const before = await position();
      const answer = await take({ ...first, amount: { minor: 5501, currency: 'EUR' } });
      expect(answer.body).toMatchObject({ code: 'id-reused', status: 409 });
      expect(await position()).toBe(before);
    });

    it.each([
      ['no token', ''],
      ['a forged token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.'],
      ['rubbish', 'x'],
    ])('refuses %s', async (_name, token) => {
      const answer = await take(body(), { token });
      expect(answer.body).toMatchObject({ code: 'unauthenticated', status: 401 });
    });

    it('refuses a token that may only read', async () => {
      const token = await product.tokenAt(merchant.shopId, ['read']);
      expect((await take(body(), { token })).body).toMatchObject({
        code: 'forbidden',
        status: 403,
      });
    });

    it('tells the contract of another shop from no contract in no way', async () => {
      const stranger = await openMerchant(product);
      const token = await product.tokenAt(stranger.shopId);
      const foreign = await take(body(), { token });
      const missing = await take({ ...body(), contractId: uuidv7() }, { token });
      expect({ ...foreign.body, instance: '' }).toEqual({ ...missing.body, instance: '' });
    });
  });
});
