import { uuidv7 } from 'uuidv7';
import { CARD, type Merchant, openMerchant, openShop, pay, Product } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

const OTHER_CARD = { number: '5100000000000008', expiry: '4912' };
const BLOCKED = {
  status: 'REFUSED',
  acquirerStatus: 'NOT_APPLICABLE',
  refusalReason: 'CARD_BLOCKED',
  responseCode: null,
};

describe('Blocked cards', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
  });
  beforeEach(async () => {
    merchant = await openMerchant(product);
  });
  afterAll(() => product.stop());

  const path = '/api/v1/blocked-cards';
  const typed = (nodeId: string, more: object = {}) => ({
    id: uuidv7(),
    nodeId,
    cardNumber: CARD.number,
    ...more,
  });
  const add = (body: object, options = {}) => product.post(path, body, options);
  const lift = (id: string, options = {}) =>
    product.call('DELETE', `${path}/${id}`, undefined, options);
  const blockCardOf = (id: string, body: object = { id: uuidv7() }, options = {}) =>
    product.post(`/api/v1/transactions/${id}/block-card`, body, options);

  it('CARD-01 CARD-05 refuses a blocked card from the answer on, and takes it again from the lift on', async () => {
    expect(await pay(product, merchant, 5500)).toMatchObject({ status: 'ACCEPTED' });
    const block = typed(merchant.shopId, { reason: 'FRAUD' });
    const added = await add(block);
    expect(added.status).toBe(201);
    expect(added.body).toEqual({ blockId: block.id });
    const refused = await pay(product, merchant, 5500);
    expect(refused).toMatchObject(BLOCKED);
    const lifted = await lift(block.id);
    expect(lifted.status).toBe(200);
    expect(await pay(product, merchant, 5500)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('CARD-01 TRX-32 records the attempt and shows it as « Carte non autorisée »', async () => {
    await add(typed(merchant.shopId));
    const { transactionId } = await pay(product, merchant, 5500);
    const events = await product.store.readStream(`ledger.transaction-${transactionId}`);
    expect(events.map(({ type }) => type)).toEqual(['PaymentRequested', 'PaymentRefused']);
    await product.settled();
    const { body } = await product.get(`/api/v1/transactions/${transactionId}`);
    expect(body).toMatchObject({ status: 'REFUSED', refusalReason: 'CARD_BLOCKED' });
  });

  it('RISK-08 looks at the list before anything else: before the limits of the contract too', async () => {
    const limited = await openMerchant(product, { minimumMinor: 100 });
    await add(typed(limited.shopId));
    expect(await pay(product, limited, 99)).toMatchObject(BLOCKED);
    expect(await pay(product, limited, 99, { card: OTHER_CARD })).toMatchObject({
      refusalReason: 'AMOUNT_OUT_OF_RANGE',
    });
  });

  it('CARD-02 leaves other merchants and other environments alone', async () => {
    const stranger = await openMerchant(product);
    await add(typed(merchant.brandId));
    expect(await pay(product, merchant, 5500)).toMatchObject(BLOCKED);
    expect(await pay(product, stranger, 5500)).toMatchObject({ status: 'ACCEPTED' });
    const token = await product.tokens.issue({
      login: 'camille.durand',
      displayName: 'Camille Durand',
      nodeId: merchant.brandId,
      environment: 'PRODUCTION',
      scopes: ['read', 'operate'],
      lifetimeSeconds: 3600,
    });
    expect((await product.get(path, { token })).body.items).toEqual([]);
  });

  it('CARD-07 holds at the node and at every shop below it, not beside it', async () => {
    const second = { ...merchant, ...(await openShop(product, merchant.groupId)) };
    const block = typed(merchant.groupId);
    await add(block);
    expect(await pay(product, merchant, 5500)).toMatchObject(BLOCKED);
    expect(await pay(product, second, 5500)).toMatchObject(BLOCKED);
    await lift(block.id);
    await add(typed(merchant.shopId));
    expect(await pay(product, merchant, 5500)).toMatchObject(BLOCKED);
    expect(await pay(product, second, 5500)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('CASH-21 CARD-03 CARD-07 blocks the card of a transaction at its shop', async () => {
    const { transactionId } = await pay(product, merchant, 5500);
    const id = uuidv7();
    const { status, body } = await blockCardOf(transactionId, { id, reason: 'DISPUTE' });
    expect([status, body]).toEqual([201, { blockId: id }]);
    expect(await pay(product, merchant, 5500)).toMatchObject(BLOCKED);
    const listed = await product.get(`${path}?nodeId=${merchant.shopId}`);
    expect(listed.body.items).toEqual([
      {
        blockId: id,
        environment: 'TEST',
        nodeId: merchant.shopId,
        nodeName: 'Lille',
        maskedNumber: '400000******0010',
        reason: 'DISPUTE',
        transactionId,
        blockedAt: expect.any(String),
        login: 'camille.durand',
      },
    ]);
  });

  it('CASH-21 refuses the duplicate of a payment whose card was blocked since', async () => {
    const { transactionId } = await pay(product, merchant, 5500);
    await blockCardOf(transactionId);
    const { body } = await product.post(`/api/v1/transactions/${transactionId}/duplicate`, {
      id: uuidv7(),
      orderReference: 'CMD-2',
      amount: { minor: 5500, currency: 'EUR' },
    });
    expect(body).toMatchObject(BLOCKED);
  });

  it('CARD-07 GEN-12 writes the number nowhere, in no event and in no answer', async () => {
    const first = await product.store.lastPosition();
    const block = typed(merchant.groupId);
    const added = await add(block);
    const listed = await product.get(path);
    const ofCards = async () =>
      (await product.store.readAll({ after: first, limit: 100 })).filter(({ streamId }) =>
        streamId.startsWith('authorization.blocked_card-'),
      );
    const events = await ofCards();
    expect(events.map(({ type }) => type)).toEqual(['CardBlocked']);
    for (const text of [added.text, listed.text, JSON.stringify(events)])
      expect(text).not.toContain(CARD.number);
    expect(events[0]?.data).toMatchObject({
      cardFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(listed.text).not.toContain(
      (events[0]?.data as { cardFingerprint: string }).cardFingerprint,
    );
    const elsewhere = await add(typed(merchant.shopId));
    expect(elsewhere.status).toBe(201);
    const [, other] = await ofCards();
    expect(other?.data).not.toMatchObject({
      cardFingerprint: (events[0]?.data as { cardFingerprint: string }).cardFingerprint,
    });
  });

  it.each([
    ['a wrong check digit', '4000000000000011'],
    ['eleven digits', '40000000000'],
    ['twenty digits', '40000000000000000002'],
    ['letters', '4000 0000 0000 001O'],
  ])('CARD-04 refuses a card number with %s, and names the field', async (_name, cardNumber) => {
    const { body } = await add(typed(merchant.shopId, { cardNumber }));
    expect(body).toMatchObject({
      status: 422,
      code: 'card-number-invalid',
      pointer: '/cardNumber',
    });
    expect((await product.get(`${path}?nodeId=${merchant.shopId}`)).body.items).toEqual([]);
  });

  it.each([
    ['twelve digits', '123456789015'],
    ['nineteen digits with blanks', '4000 0000 0000 0000 006'],
  ])('CARD-04 takes a card number of %s', async (_name, cardNumber) => {
    expect((await add(typed(merchant.shopId, { cardNumber }))).status).toBe(201);
  });

  it('GEN-11 answers a repeat as the first time, and blocks nothing again once it was lifted', async () => {
    const block = typed(merchant.shopId);
    await add(block);
    const again = await add(block);
    expect([again.status, again.body]).toEqual([201, { blockId: block.id }]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    await lift(block.id);
    await add(block);
    expect(await pay(product, merchant, 5500)).toMatchObject({ status: 'ACCEPTED' });
    const liftedAgain = await lift(block.id);
    expect(liftedAgain.headers.get('idempotent-replayed')).toBe('true');
  });

  it('GEN-11 refuses an id that was used for another card, another node or another reason', async () => {
    const block = typed(merchant.shopId);
    await add(block);
    for (const more of [
      { cardNumber: OTHER_CARD.number },
      { nodeId: merchant.groupId },
      { reason: 'OTHER' },
    ])
      expect((await add({ ...block, ...more })).body).toMatchObject({
        status: 409,
        code: 'id-reused',
      });
  });

  it('tells which block holds when the card is blocked already, also among twenty at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => add(typed(merchant.shopId))),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    const others = answers.filter(({ status }) => status === 409);
    expect(others).toHaveLength(19);
    for (const { body } of others)
      expect(body).toMatchObject({ code: 'card-already-blocked', blockId: made[0]?.body.blockId });
  });

  it('CARD-03 lists page by page, newest first, and finds part of a masked number', async () => {
    const numbers = [CARD.number, OTHER_CARD.number, '4000000000000028'];
    const ids: string[] = [];
    for (const cardNumber of numbers) {
      const block = typed(merchant.shopId, { cardNumber });
      await add(block);
      ids.unshift(block.id);
    }
    const list = (more: string) => product.get(`${path}?nodeId=${merchant.brandId}${more}`);
    const first = (await list('&limit=2')).body;
    const second = (await list(`&limit=2&cursor=${first.nextCursor}`)).body;
    const shown = [...first.items, ...second.items].map(({ blockId }) => blockId);
    expect(shown).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const found = (await list('&search=**0028')).body.items;
    expect(found.map(({ maskedNumber }: { maskedNumber: string }) => maskedNumber)).toEqual([
      '400000******0028',
    ]);
    expect((await list('&serach=1')).body).toMatchObject({ code: 'unknown-filter' });
  });

  it('answers a foreign node, block or transaction as one that does not exist', async () => {
    const stranger = await openMerchant(product);
    const { transactionId } = await pay(product, stranger, 5500);
    const block = typed(stranger.shopId);
    await add(block);
    const token = await product.tokenAt(merchant.brandId);
    const plain = ({ body }: { body: object }) => ({ ...body, instance: '' });
    const pairs = [
      [await lift(block.id, { token }), await lift(uuidv7(), { token })],
      [await add(typed(stranger.shopId), { token }), await add(typed(uuidv7()), { token })],
      [
        await blockCardOf(transactionId, { id: uuidv7() }, { token }),
        await blockCardOf(uuidv7(), { id: uuidv7() }, { token }),
      ],
      [
        await product.get(`${path}?nodeId=${stranger.shopId}`, { token }),
        await product.get(`${path}?nodeId=${uuidv7()}`, { token }),
      ],
    ] as const;
    for (const [foreign, missing] of pairs) {
      expect(foreign.status).toBe(404);
      expect(plain(foreign)).toEqual(plain(missing));
    }
    expect(await pay(product, stranger, 5500)).toMatchObject(BLOCKED);
  });
});
