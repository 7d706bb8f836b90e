import { uuidv7 } from 'uuidv7';
import { type Merchant, openMerchant, pay, payment, Product } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

describe('Merchants: the tree, contracts and environments', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
    merchant = await openMerchant(product);
  });
  afterAll(() => product.stop());

  const brand = (more: object = {}) => ({ id: uuidv7(), level: 'BRAND', name: 'Aurore', ...more });
  const shop = (more: object = {}) => ({
    id: uuidv7(),
    level: 'SHOP',
    name: 'Roubaix',
    parentId: merchant.groupId,
    siteNumber: '0000001',
    rank: '001',
    merchantIdentifier: '007',
    ...more,
  });
  const contract = (more: object = {}) => ({
    id: uuidv7(),
    shopId: merchant.shopId,
    contractNumber: '0009999',
    paymentMeans: 'CB',
    currency: 'EUR',
    minimumMinor: 1,
    maximumMinor: 1000,
    label: 'AURORE',
    ...more,
  });

  it('GEN-04 keeps site number, rank and identifier with their leading zeros', async () => {
    const body = shop();
    await product.post('/api/v1/nodes', body);
    const { body: shown } = await product.get(`/api/v1/nodes/${body.id}`);
    expect(shown).toMatchObject({
      siteNumber: '0000001',
      rank: '001',
      merchantIdentifier: '007',
    });
  });

  it.each([
    ['siteNumber', '123456'],
    ['siteNumber', '12345678'],
    ['rank', '1'],
    ['merchantIdentifier', '1234567890'],
    ['merchantIdentifier', 'A1'],
  ])('GEN-04 refuses %s « %s »', async (field, value) => {
    const { status, body } = await product.post('/api/v1/nodes', shop({ [field]: value }));
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ pointer: `/${field}` })]);
  });

  it.each([
    ['a group without a brand', { level: 'GROUP' }, 'parent-level-wrong'],
    ['a shop below a brand', () => shop({ parentId: merchant.brandId }), 'parent-level-wrong'],
    ['a shop below nothing', () => shop({ parentId: uuidv7() }), 'parent-unknown'],
    ['a shop without identifiers', () => shop({ rank: undefined }), 'shop-identifiers-missing'],
    ['a brand with a rank', { rank: '001' }, 'field-of-another-level'],
  ])('refuses %s', async (_name, make, code) => {
    const body = typeof make === 'function' ? make() : brand(make);
    expect((await product.post('/api/v1/nodes', body)).body).toMatchObject({ status: 422, code });
  });

  it('answers a node opened again as the first time, and refuses its id for another', async () => {
    const body = brand();
    const first = await product.post('/api/v1/nodes', body);
    const again = await product.post('/api/v1/nodes', body);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await product.post('/api/v1/nodes', { ...body, name: 'Boréale' });
    expect(other.body).toMatchObject({ status: 409, code: 'id-reused' });
  });

  it('shows a caller the tree from the own node down, and nothing beside it', async () => {
    const token = await product.tokenAt(merchant.groupId);
    const { body } = await product.get('/api/v1/nodes', { token });
    expect(body.nodes).toHaveLength(1);
    expect(body.nodes[0].nodeId).toBe(merchant.groupId);
    const stranger = await openMerchant(product);
    const foreign = await product.get(`/api/v1/nodes/${stranger.shopId}`, { token });
    const unknown = await product.get(`/api/v1/nodes/${uuidv7()}`, { token });
    expect({ ...foreign.body, instance: '' }).toEqual({ ...unknown.body, instance: '' });
    expect(foreign.status).toBe(404);
  });

  it('CONT-08 edits label, limits and deferral, never above the bank’s ceiling', async () => {
    const body = contract({ ceilingMinor: 2000 });
    await product.post('/api/v1/contracts', body);
    const path = `/api/v1/contracts/${body.id}`;
    const patch = (more: object) => product.call('PATCH', path, { id: uuidv7(), ...more });
    const change = { label: 'AURORE 2', minimumMinor: 5, maximumMinor: 2000, deferralDays: 3 };
    expect((await patch(change)).body).toMatchObject(change);
    const above = await patch({ maximumMinor: 2001 });
    expect(above.body).toMatchObject({ code: 'maximum-above-ceiling', ceilingMinor: 2000 });
    const crossed = await patch({ minimumMinor: 2000, maximumMinor: 1999 });
    expect(crossed.body).toMatchObject({ code: 'limits-out-of-order' });
    expect((await product.get(path)).body).toMatchObject(change);
    const readOnly = await patch({ contractNumber: '1' });
    expect(readOnly.body).toMatchObject({ code: 'unknown-field' });
  });

  it('refuses a second contract with the same number, rank, means and currency', async () => {
    const first = contract({ contractNumber: '0001111' });
    expect((await product.post('/api/v1/contracts', first)).status).toBe(201);
    const twin = await product.post('/api/v1/contracts', { ...first, id: uuidv7() });
    expect(twin.body).toMatchObject({ status: 409, code: 'contract-number-taken' });
    const other = { ...first, id: uuidv7(), currency: 'USD' };
    expect((await product.post('/api/v1/contracts', other)).status).toBe(201);
  });

  describe('GEN-07 test and production', () => {
    const inProduction = () =>
      product.tokens.issue({
        login: 'camille.durand',
        displayName: 'Camille Durand',
        nodeId: 'root',
        environment: 'PRODUCTION',
        scopes: ['read', 'operate', 'administer'],
        lifetimeSeconds: 3600,
      });

    it('GEN-07 hides the contracts and transactions of one environment from the other', async () => {
      const token = await inProduction();
      const { transactionId } = await pay(product, merchant, 5500);
      const shown = await product.get(`/api/v1/contracts/${merchant.contractId}`, { token });
      expect(shown.status).toBe(404);
      const taken = await product.post('/api/v1/payments', payment(merchant, 5500), { token });
      expect(taken.body).toMatchObject({ code: 'unknown-contract' });
      const path = `/api/v1/transactions/${transactionId}/cancel`;
      expect((await product.post(path, { id: uuidv7() }, { token })).status).toBe(404);
    });

    it('GEN-07 marks the payments of a contract with its environment', async () => {
      const token = await inProduction();
      const body = contract({ contractNumber: '0002222' });
      await product.post('/api/v1/contracts', body, { token });
      const { body: taken } = await product.post(
        '/api/v1/payments',
        payment({ ...merchant, contractId: body.id }, 500),
        { token },
      );
      expect(taken).toMatchObject({ environment: 'PRODUCTION', status: 'ACCEPTED' });
    });
  });
});
