import { uuidv7 } from 'uuidv7';
import { type Merchant, openMerchant, openShop, Product } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

describe('The parameters of a shop', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
  });
  beforeEach(async () => {
    merchant = await openMerchant(product);
  });
  afterAll(() => product.stop());

  const path = () => `/api/v1/shops/${merchant.shopId}/settings`;
  const change = (more: object, options = {}) =>
    product.call('PATCH', path(), { id: uuidv7(), ...more }, options);
  const eventsAfter = async (position: number) =>
    (await product.store.readAll({ after: position, limit: 100 })).filter(({ streamId }) =>
      streamId.startsWith('onboarding.shop_settings-'),
    );

  it('SET-01 SET-02 shows identifiers and contracts, which nobody may change there', async () => {
    const { body } = await product.get(path());
    expect(body).toMatchObject({
      shopId: merchant.shopId,
      environment: 'TEST',
      identifiers: { siteNumber: '1999888', rank: '032', merchantIdentifier: '2' },
      contracts: [
        {
          contractId: merchant.contractId,
          contractNumber: merchant.contractNumber,
          paymentMeans: 'VISA',
          isActive: true,
        },
      ],
    });
    const refused = await change({ identifiers: { siteNumber: '1' } });
    expect(refused.body).toMatchObject({ status: 400, code: 'unknown-field' });
    await product.post(`/api/v1/contracts/${merchant.contractId}/deactivate`, { id: uuidv7() });
    expect((await product.get(path())).body.contracts[0].isActive).toBe(false);
  });

  it('SET-03 SET-04 changes three e-mails, and keeps them out of the log', async () => {
    const before = await product.store.lastPosition();
    const emails = {
      payment: 'caisse@example.com',
      report: 'compta@example.com',
      integrator: 'web@example.com',
    };
    const { status, body } = await change({ emails });
    expect([status, body.emails]).toEqual([200, emails]);
    const cleared = await change({ emails: { report: null } });
    expect(cleared.body.emails).toEqual({ ...emails, report: null });
    const text = JSON.stringify(await eventsAfter(before));
    expect(text).not.toMatch(/example\.com/);
    expect(await eventsAfter(before)).toHaveLength(4);
    const wrong = await change({ emails: { payment: 'caisse' } });
    expect(wrong.body).toMatchObject({
      status: 400,
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/emails/payment' })]),
    });
  });

  it('SET-05 changes four pages, https only, and names the page that is not', async () => {
    const urls = {
      accepted: 'https://boutique.example/merci',
      refused: 'https://boutique.example/refus',
      cancelled: 'https://boutique.example/panier',
      pending: 'https://boutique.example/attente',
    };
    expect((await change({ urls })).body.urls).toEqual({ ...urls, return: null });
    const insecure = await change({ urls: { cancelled: 'http://boutique.example/panier' } });
    expect(insecure.body).toMatchObject({ status: 422, code: 'https-needed', page: 'CANCELLED' });
    expect(insecure.body.detail).toContain('/urls/cancelled');
    expect((await product.get(path())).body.urls).toEqual({ ...urls, return: null });
  });

  it('SET-06 brings the buyer back at once, to a page that must be given', async () => {
    const without = await change({ isImmediateReturn: true });
    expect(without.body).toMatchObject({ status: 422, code: 'return-page-missing' });
    const page = 'https://boutique.example/';
    const both = await change({ isImmediateReturn: true, urls: { return: page } });
    expect(both.body).toMatchObject({ isImmediateReturn: true, urls: { return: page } });
    const cleared = await change({ urls: { return: null } });
    expect(cleared.body).toMatchObject({ code: 'return-page-missing' });
  });

  it('SET-07 lists what is subscribed; only the operator changes it', async () => {
    const options = async () => (await product.get(path())).body.options;
    const of = (list: { option: string }[], option: string) =>
      list.find((one) => one.option === option);
    const first = await options();
    expect(of(first, 'FILE_RECONCILIATION')).toMatchObject({
      terms: 'OPTION',
      isSubscribed: false,
    });
    expect(of(first, 'THREE_DS_ENROLMENT')).toMatchObject({ terms: 'FREE', isSubscribed: true });
    expect(of(first, 'TYPOLOGIES')).toMatchObject({ terms: 'BILLED', isSubscribed: false });
    const merchantToken = await product.tokenAt(merchant.shopId);
    const route = `/api/v1/shops/${merchant.shopId}/options/FILE_RECONCILIATION`;
    const body = { id: uuidv7(), isSubscribed: true };
    const denied = await product.call('PUT', route, body, { token: merchantToken });
    expect(denied.status).toBe(403);
    expect((await product.call('PUT', route, body)).status).toBe(200);
    expect(of(await options(), 'FILE_RECONCILIATION')).toMatchObject({ isSubscribed: true });
    const included = `/api/v1/shops/${merchant.shopId}/options/BACK_OFFICE`;
    expect((await product.call('PUT', included, { ...body, id: uuidv7() })).status).toBe(404);
  });

  it('SET-08 SET-09 switches the reception of tickets, each change an event of its own kind', async () => {
    expect((await product.get(path())).body.isTicketReceived).toBe(true);
    const before = await product.store.lastPosition();
    const { body } = await change({
      isTicketReceived: false,
      isImmediateReturn: true,
      emails: { payment: 'caisse@example.com' },
      urls: { return: 'https://boutique.example/' },
    });
    expect(body.isTicketReceived).toBe(false);
    const events = await eventsAfter(before);
    expect(events.map(({ type }) => type)).toEqual([
      'ShopEmailChanged',
      'ShopUrlChanged',
      'ImmediateReturnSwitched',
      'TicketReceptionSwitched',
    ]);
    expect(events[0]?.metadata.actor).toMatchObject({ login: 'camille.durand' });
  });

  it('GEN-11 does a change once: a late repeat does not undo a newer one', async () => {
    const mine = { id: uuidv7(), emails: { report: 'a@example.com' } };
    await product.call('PATCH', path(), mine);
    await change({ emails: { report: 'b@example.com' } });
    const again = await product.call('PATCH', path(), mine);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body.emails.report).toBe('b@example.com');
    const other = await product.call('PATCH', path(), { ...mine, isTicketReceived: false });
    expect(other.body).toMatchObject({ status: 409, code: 'id-reused' });
  });

  it('GEN-07 TREE-04 keeps shops and environments apart, and asks for a shop', async () => {
    await change({ emails: { report: 'a@example.com' } });
    const other = await openShop(product, merchant.groupId);
    const beside = await product.get(`/api/v1/shops/${other.shopId}/settings`);
    expect(beside.body.emails.report).toBeNull();
    const token = await product.tokens.issue({
      login: 'camille.durand',
      displayName: 'Camille Durand',
      nodeId: merchant.shopId,
      environment: 'PRODUCTION',
      scopes: ['read'],
      lifetimeSeconds: 3600,
    });
    expect((await product.get(path(), { token })).body).toMatchObject({
      environment: 'PRODUCTION',
      contracts: [],
      emails: { report: null },
    });
    const group = await product.get(`/api/v1/shops/${merchant.groupId}/settings`);
    expect(group.body).toMatchObject({ status: 404, detail: 'no shop with this id' });
    const strangers = await product.tokenAt((await openMerchant(product)).shopId);
    expect((await product.get(path(), { token: strangers })).status).toBe(404);
  });
});
