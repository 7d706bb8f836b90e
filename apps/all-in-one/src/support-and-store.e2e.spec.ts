import { uuidv7 } from 'uuidv7';
import { found, type Merchant, openMerchant, pay, Product } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

type Mail = { readonly subject: string; readonly text: string };

describe('Support and store', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES, { SUPPORT_ADDRESS: 'help@support.example' });
  });
  beforeEach(async () => {
    merchant = await openMerchant(product);
  });
  afterAll(() => product.stop());

  const contact = (more: object = {}, options = {}) =>
    product.post(
      '/api/v1/contact-requests',
      {
        id: uuidv7(),
        contractId: merchant.contractId,
        email: `camille-${merchant.shopId}@example.com`,
        detail: `La remise manque, ${merchant.shopId}.`,
        ...more,
      },
      options,
    );
  async function mails(to: string, text: string, subject = ''): Promise<readonly Mail[]> {
    return found(`a mail to ${to}`, async () => {
      const { items } = (await product.get('/dev/mail.json')).body as { items: readonly Mail[] };
      const theirs = items.filter(
        (one) =>
          JSON.stringify(one).includes(to) &&
          one.text.includes(text) &&
          one.subject.startsWith(subject),
      );
      return theirs.length > 0 ? theirs : undefined;
    });
  }

  it('SUPP-01 SUPP-03 mails a request to support, with site number, rank and identifier', async () => {
    const { status } = await contact({ subject: 'Remise' });
    expect(status).toBe(201);
    const [mail] = await mails('help@support.example', merchant.shopId);
    expect(mail?.subject).toContain('1999888');
    expect(mail?.text).toMatch(/032[\s\S]*\b2\b[\s\S]*Remise/);
    expect(mail?.text).toContain(`camille-${merchant.shopId}@example.com`);
  });

  it.each(['contractId', 'email', 'detail'])(
    'SUPP-01 refuses a request without %s',
    async (field) => {
      const { body } = await contact({ [field]: undefined });
      expect(body.status).toBe(400);
      expect(JSON.stringify(body.errors)).toContain(`/${field}`);
    },
  );

  it('SUPP-02 sends a copy to whoever ticks the box, once', async () => {
    const request = { id: uuidv7(), isCopyWanted: true, detail: `Copie ${merchant.contractId}` };
    await contact(request);
    const again = await contact(request);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const own = `camille-${merchant.shopId}@example.com`;
    const copies = await mails(own, merchant.contractId, 'Copie');
    expect(copies).toHaveLength(1);
    expect((await contact({ ...request, detail: 'Autre' })).body).toMatchObject({
      status: 409,
      code: 'id-reused',
    });
  });

  it('SUPP-01 GEN-12 keeps what was written out of the log, and masks card numbers', async () => {
    const before = await product.store.lastPosition();
    await contact({ detail: `Carte 4000000000000010 ${merchant.contractId}` });
    const events = JSON.stringify(await product.store.readAll({ after: before, limit: 100 }));
    expect(events).toContain('ContactRequested');
    expect(events).not.toMatch(/Carte|camille-|4000000000000010/);
    const [mail] = await mails('help@support.example', merchant.contractId);
    expect(mail?.text).toContain('400000******0010');
  });

  it('SUPP-01 offers the contracts of the caller only', async () => {
    const token = await product.tokenAt((await openMerchant(product)).shopId);
    expect((await contact({}, { token })).status).toBe(404);
  });

  it('SUPP-04 SUPP-05 SUPP-06 SUPP-07 tells of support, and bank staff of the directory', async () => {
    const token = await product.tokenAt(merchant.shopId);
    const { body } = await product.get('/api/v1/support', { token });
    expect(body).toMatchObject({
      hours: 'Mon–Fri 9:00–18:30',
      channels: ['e-mail', 'telephone', 'SVI'],
    });
    const languages = new Set(body.documents.map((one: { language: string }) => one.language));
    expect(languages).toEqual(new Set(['fr', 'en']));
    expect(body.directory).toBeUndefined();
    const staff = (await product.get('/api/v1/support')).body.directory;
    expect(staff).toHaveLength(7);
    for (const { email } of staff) expect(email).toMatch(/@support\.example$/);
  });

  describe('The store', () => {
    const store = async (paymentMeans: string) => {
      const { items } = (await product.get(`/api/v1/shops/${merchant.shopId}/store`)).body;
      return items.find((one: { paymentMeans: string }) => one.paymentMeans === paymentMeans);
    };
    const ask = (more: object = {}) =>
      product.post(`/api/v1/shops/${merchant.shopId}/store/requests`, {
        id: uuidv7(),
        paymentMeans: 'AMEX',
        affiliateIdentifier: String(Date.now()),
        ...more,
      });
    const terms = { currency: 'EUR', minimumMinor: 1, maximumMinor: 100_000, label: 'LILLE' };

    it('STORE-01 lists the payment means available and how each stands', async () => {
      expect(await store('VISA')).toMatchObject({
        state: 'ACTIVE',
        contractIds: [merchant.contractId],
      });
      expect(await store('AMEX')).toMatchObject({ state: 'AVAILABLE', contractIds: [] });
      await product.post(`/api/v1/contracts/${merchant.contractId}/deactivate`, { id: uuidv7() });
      expect(await store('VISA')).toMatchObject({ state: 'INACTIVE' });
    });

    it('STORE-02 passes the identifier on; support opens the service by its contract', async () => {
      const { requestId } = (await ask()).body;
      expect(await store('AMEX')).toMatchObject({ state: 'REQUESTED', requestId });
      expect((await ask()).body).toMatchObject({
        status: 409,
        code: 'service-requested',
        requestId,
      });
      const { items } = (await product.get('/api/v1/store-requests')).body;
      const [request] = items.filter((one: { requestId: string }) => one.requestId === requestId);
      const route = `/api/v1/store-requests/${requestId}/open`;
      const token = await product.tokenAt(merchant.shopId, ['read', 'operate', 'administer']);
      const body = { id: uuidv7(), ...terms };
      expect((await product.post(route, body, { token })).status).toBe(403);
      const opened = await product.post(route, body);
      expect(opened.status).toBe(201);
      expect(opened.body).toMatchObject({
        contractId: body.id,
        contractNumber: request.affiliateIdentifier,
        paymentMeans: 'AMEX',
        shopId: merchant.shopId,
        isActive: true,
      });
      const again = await product.post(route, body);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(await store('AMEX')).toMatchObject({ state: 'ACTIVE', contractIds: [body.id] });
      expect((await ask()).body).toMatchObject({ code: 'service-open' });
      const paid = await pay(product, { ...merchant, contractId: body.id }, 5500);
      expect(paid.status).toBe('ACCEPTED');
    });
  });
});
