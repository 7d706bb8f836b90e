import { uuidv7 } from 'uuidv7';
import {
  aroundToday,
  type Merchant,
  openMerchant,
  openShop,
  pay,
  Product,
} from '@encaisse/testing';
import { ALL_MODULES } from './modules';

const FIGURES = ['statistics_hour', 'statistics_day', 'node_shops'] as const;

describe('The tree of a merchant', () => {
  let product: Product;
  let merchant: Merchant;
  let southId: string;

  beforeAll(async () => {
    product = await Product.start(ALL_MODULES);
  });
  beforeEach(async () => {
    merchant = await openMerchant(product);
    southId = uuidv7();
    const south = { id: southId, level: 'GROUP', name: 'Sud', parentId: merchant.brandId };
    await product.post('/api/v1/nodes', south);
  });
  afterAll(() => product.stop());

  const move = (parentId: string, id = uuidv7(), nodeId = merchant.shopId) =>
    product.post(`/api/v1/nodes/${nodeId}/move`, { id, parentId });
  /** Number, sum and highest amount of what was accepted at a node. */
  const figures = async (nodeId: string) => {
    await product.settled();
    const { body } = await product.get(`/api/v1/statistics/dashboard?nodeId=${nodeId}`);
    return JSON.stringify(body.currencies);
  };
  const table = async (name: string) => {
    const rows = await product.database.query<{ row: string }>(
      `select to_jsonb(t)::text as row from backoffice_journal.${name} t order by 1`,
    );
    return rows.map(({ row }) => row);
  };

  it('TREE-02 moves a shop with its history: figures, transactions, contracts follow it', async () => {
    const { transactionId } = await pay(product, merchant, 123_45);
    const other = await openShop(product, merchant.groupId);
    await pay(product, { ...merchant, ...other }, 67_89);
    const [north, south] = [await figures(merchant.groupId), await figures(southId)];
    const brand = await figures(merchant.brandId);
    const shop = await figures(merchant.shopId);
    expect(north).toContain('12345');
    expect(south).not.toContain('12345');

    const { status, body } = await move(southId);
    expect([status, body.parentId]).toEqual([200, southId]);
    expect(await figures(southId)).toBe(shop);
    expect(await figures(merchant.groupId)).toBe(await figures(other.shopId));
    expect(await figures(merchant.brandId)).toBe(brand);

    const { from, to } = aroundToday();
    const found = async (nodeId: string) => {
      const path = `/api/v1/transactions?from=${from}&to=${to}&nodeId=${nodeId}`;
      const { items } = (await product.get(path)).body;
      return items.map((one: { transactionId: string }) => one.transactionId);
    };
    expect(await found(southId)).toEqual([transactionId]);
    expect(await found(merchant.groupId)).not.toContain(transactionId);
    const contracts = await product.get(`/api/v1/contracts?nodeId=${southId}`);
    expect(contracts.body.items).toMatchObject([{ contractId: merchant.contractId }]);
    const north2 = await product.tokenAt(merchant.groupId);
    const gone = await product.get(`/api/v1/transactions/${transactionId}`, { token: north2 });
    expect(gone.status).toBe(404);

    await pay(product, merchant, 999_99);
    expect(await figures(southId)).toContain('99999');
    expect(await figures(merchant.groupId)).not.toContain('99999');
  });

  it('TREE-02 P1 leads to the same rows when the journal is made again', async () => {
    await pay(product, merchant, 500_00);
    await pay(product, merchant, 400_00);
    const other = await openShop(product, merchant.groupId);
    const cancelled = await pay(product, { ...merchant, ...other }, 900_00);
    await move(southId);
    await product.post(`/api/v1/transactions/${cancelled.transactionId}/cancel`, { id: uuidv7() });
    await pay(product, merchant, 300_00);
    await product.settled();
    const before = await Promise.all(FIGURES.map(table));
    expect(before[1]?.length).toBeGreaterThan(0);
    const { projections } = product.service.platform;
    await projections.rebuild('backoffice.journal');
    await product.settled();
    expect(await Promise.all(FIGURES.map(table))).toEqual(before);
  });

  it('TREE-01 TREE-06 refuses a move that would break the three levels', async () => {
    const stranger = await openMerchant(product);
    const codes = [
      (await move(merchant.brandId)).body.code,
      (await move(stranger.groupId)).body.code,
      (await move(uuidv7())).body.code,
      (await move(southId, uuidv7(), merchant.groupId)).body.code,
    ];
    expect(codes).toEqual([
      'parent-level-wrong',
      'other-brand',
      'parent-unknown',
      'only-shops-move',
    ]);
    expect((await move(southId, uuidv7(), uuidv7())).status).toBe(404);
  });

  it('TREE-03 TREE-05 gives a person of a brand every shop below it, of a shop that one only', async () => {
    const other = await openShop(product, southId);
    const nodes = async (nodeId: string) => {
      const token = await product.tokenAt(nodeId);
      return JSON.stringify((await product.get('/api/v1/nodes', { token })).body);
    };
    const ofBrand = await nodes(merchant.brandId);
    expect(ofBrand).toContain(merchant.shopId);
    expect(ofBrand).toContain(other.shopId);
    const ofShop = await nodes(merchant.shopId);
    expect(ofShop).not.toContain(other.shopId);
    const token = await product.tokenAt(merchant.shopId);
    expect((await product.get('/api/v1/nodes', { token })).body.nodes[0].nodeId).toBe(
      merchant.shopId,
    );
  });

  it('TREE-04 works on any visible transaction, whatever node is selected', async () => {
    const { transactionId } = await pay(product, merchant, 1000);
    const token = await product.tokenAt(merchant.brandId);
    const path = `/api/v1/transactions/${transactionId}/cancel`;
    expect((await product.post(path, { id: uuidv7() }, { token })).status).toBe(200);
    const settings = await product.get(`/api/v1/shops/${merchant.brandId}/settings`, { token });
    expect(settings.body).toMatchObject({ status: 404, detail: 'no shop with this id' });
  });

  it('GEN-11 lets a late repeat of a move undo nothing', async () => {
    const id = uuidv7();
    await move(southId, id);
    await move(merchant.groupId);
    const again = await move(southId, id);
    expect([again.status, again.body.parentId]).toEqual([200, merchant.groupId]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('renames a node, and shows its new name everywhere', async () => {
    const path = `/api/v1/nodes/${merchant.shopId}`;
    const { body } = await product.call('PATCH', path, { id: uuidv7(), name: 'Lille Centre' });
    expect(body.name).toBe('Lille Centre');
    const contracts = await product.get(`/api/v1/contracts?nodeId=${merchant.shopId}`);
    expect(contracts.body.items[0].shopName).toBe('Lille Centre');
    const token = await product.tokenAt(merchant.shopId);
    const denied = await product.call('PATCH', path, { id: uuidv7(), name: 'X' }, { token });
    expect(denied.status).toBe(403);
  });
});
