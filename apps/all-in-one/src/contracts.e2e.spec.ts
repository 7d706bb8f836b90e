import { uuidv7 } from 'uuidv7';
import {
  aroundToday,
  type Merchant,
  openContract,
  openMerchant,
  openShop,
  pay,
  Product,
} from '@encaisse/testing';
import { ALL_MODULES } from './modules';

describe('The contracts of a merchant', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
  });
  beforeEach(async () => {
    merchant = await openMerchant(product);
  });
  afterAll(() => product.stop());

  const list = async (nodeId: string, more = '') =>
    (await product.get(`/api/v1/contracts?nodeId=${nodeId}${more}`)).body;
  const contract = (more = '') => `/api/v1/contracts/${merchant.contractId}${more}`;
  const idsOf = (items: readonly { contractId: string }[]) =>
    items.map(({ contractId }) => contractId);

  it('CONT-01 lists the contracts of a node and below, inactive ones too', async () => {
    const beside = await openShop(product, merchant.groupId, { paymentMeans: 'AMEX' });
    await product.post(contract('/deactivate'), { id: uuidv7() });
    const ofGroup = (await list(merchant.groupId)).items;
    expect(idsOf(ofGroup)).toEqual([merchant.contractId, beside.contractId]);
    expect(ofGroup[0].isActive).toBe(false);
    expect(idsOf((await list(merchant.shopId)).items)).toEqual([merchant.contractId]);
    const amex = await list(merchant.brandId, '&paymentMeans=AMEX');
    expect(idsOf(amex.items)).toEqual([beside.contractId]);
    const inactive = await list(merchant.brandId, '&state=inactive');
    expect(idsOf(inactive.items)).toEqual([merchant.contractId]);
    expect((await list(merchant.brandId, '&state=open')).code).toBe('unknown-filter-value');
  });

  it('CONT-02 CONT-03 shows the columns, with the ways to detail and remittances', async () => {
    const [line] = (await list(merchant.shopId)).items;
    expect(line).toMatchObject({
      contractId: merchant.contractId,
      contractNumber: merchant.contractNumber,
      rank: '032',
      paymentMeans: 'VISA',
      bankCode: '',
      isActive: true,
      shopId: merchant.shopId,
      shopName: 'Lille',
    });
    expect((await product.get(line.detailPath)).status).toBe(200);
    const { from, to } = aroundToday();
    const remittances = await product.get(`${line.remittancesPath}&from=${from}&to=${to}`);
    expect([remittances.status, remittances.body.items]).toEqual([200, []]);
  });

  it('CONT-01 goes from page to page, each contract once', async () => {
    for (let count = 0; count < 4; count += 1) await openContract(product, merchant.shopId);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await list(merchant.shopId, `&limit=2${cursor}`);
      seen.push(...idsOf(page.items));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  it('CONT-04 CONT-05 CONT-06 CONT-07 shows four parts, as bank and operator recorded them', async () => {
    const empty = (await product.get(contract('/detail'))).body;
    expect(empty).toMatchObject({
      terms: {
        contractNumber: merchant.contractNumber,
        isActive: true,
        brandName: 'Librairie des Halles',
        shopName: 'Lille',
        deactivatedAt: null,
        siret: null,
      },
      offers: { offers: [], acceptanceEnvironment: null, isThreeDsActive: false },
      telecollection: { isTestMode: false, telecollectionTime: '23:00' },
      fraudFilters: [],
    });
    const technical = {
      id: uuidv7(),
      siret: '12345678901234',
      protocol: 'CB2A',
      offers: ['E_COMMERCE'],
      acceptanceEnvironment: '24',
      isThreeDsActive: true,
      parametersDownloadedAt: '2026-11-27T04:00:00+01:00',
      telecollectionNumber: '0102030405',
      isTestMode: true,
      testModeSince: '2026-11-20T09:00:00.000Z',
      fraudFilters: ['CARD_BLOCKING'],
    };
    const recorded = await product.call('PUT', contract('/technical-data'), technical);
    expect(recorded.status).toBe(200);
    expect((await product.get(contract('/detail'))).body).toMatchObject({
      terms: { siret: '12345678901234', protocol: 'CB2A' },
      offers: { offers: ['E_COMMERCE'], acceptanceEnvironment: '24', isThreeDsActive: true },
      telecollection: {
        parametersDownloadedAt: '2026-11-27T03:00:00.000Z',
        telecollectionNumber: '0102030405',
        isTestMode: true,
      },
      fraudFilters: ['CARD_BLOCKING'],
    });
    const token = await product.tokenAt(merchant.shopId);
    const denied = await product.call('PUT', contract('/technical-data'), technical, { token });
    expect(denied.status).toBe(403);
  });

  it('CONT-08 lets nothing but the four fields be changed', async () => {
    const before = (await product.get(contract())).body;
    for (const field of Object.keys(before).filter(
      (name) => !['label', 'minimumMinor', 'maximumMinor', 'deferralDays'].includes(name),
    )) {
      const { body } = await product.call('PATCH', contract(), {
        id: uuidv7(),
        [field]: before[field],
      });
      expect([field, body.status, body.code]).toEqual([field, 400, 'unknown-field']);
    }
    expect((await product.get(contract())).body).toEqual(before);
  });

  it.each([
    ['minimumMinor', 0],
    ['minimumMinor', 1.5],
    ['deferralDays', -1],
    ['deferralDays', 8],
    ['label', ''],
  ])('CONT-08 refuses %s of %s', async (field, value) => {
    const { body } = await product.call('PATCH', contract(), { id: uuidv7(), [field]: value });
    expect(body).toMatchObject({ status: 400, errors: [{ pointer: `/${field}` }] });
  });

  it('GEN-11 answers a late repeat without undoing what came after it', async () => {
    const stop = { id: uuidv7() };
    await product.post(contract('/deactivate'), stop);
    await product.post(contract('/activate'), { id: uuidv7() });
    const again = await product.post(contract('/deactivate'), stop);
    expect([again.status, again.body.isActive]).toEqual([200, true]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const reused = await product.post(contract('/activate'), stop);
    expect(reused.body).toMatchObject({ status: 409, code: 'id-reused' });
    const mine = { id: uuidv7(), label: 'MINE' };
    await product.call('PATCH', contract(), mine);
    await product.call('PATCH', contract(), { id: uuidv7(), label: 'THEIRS' });
    expect((await product.call('PATCH', contract(), mine)).body.label).toBe('THEIRS');
    const without = await product.post(contract('/deactivate'), {});
    expect(without.body).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  it('TREE-03 answers a foreign node or contract as one that does not exist', async () => {
    const stranger = await openMerchant(product);
    const token = await product.tokenAt(stranger.brandId);
    const node = await product.get(`/api/v1/contracts?nodeId=${merchant.shopId}`, { token });
    expect(node.status).toBe(404);
    expect((await product.get(contract('/detail'), { token })).status).toBe(404);
    expect((await product.get('/api/v1/contracts', { token })).body.items).toHaveLength(1);
  });

  it('CONT-10 exports the list as it is filtered, inactive contracts too', async () => {
    const beside = await openShop(product, merchant.groupId, { paymentMeans: 'AMEX' });
    await product.post(contract('/deactivate'), { id: uuidv7() });
    const file = async (more: string) =>
      product.get(`/api/v1/contracts/export?nodeId=${merchant.groupId}${more}`);
    const all = await file('');
    expect(all.headers.get('content-disposition')).toMatch(/contracts-[\d-]+\.csv/);
    const [header, ...lines] = all.text.replace('\uFEFF', '').trim().split(/\r?\n/);
    expect(header).toMatch(/^Numéro de contrat;Rang;Moyen de paiement;Code banque;Etat;Enseigne/);
    expect(lines).toHaveLength(2);
    expect(lines.find((line) => line.includes(merchant.contractNumber))).toContain(';Inactif;');
    expect(lines.find((line) => line.includes(beside.contractId))).toContain(';AMEX;');
    const active = await file('&state=active&format=txt&language=en&columns=contractNumber,state');
    expect(active.text).toContain('Contract number\tState');
    expect(active.text).toContain('\tActive');
    expect(active.text).not.toContain(merchant.contractNumber);
    expect((await file('&state=open')).body.code).toBe('unknown-filter-value');
    expect((await file('&columns=siret')).body.code).toBe('unknown-column');
    expect((await file('&from=2026-11-01')).body.code).toBe('unknown-filter');
  });

  it('CONT-10 exports the list as a job, with a manifest that sums nothing', async () => {
    const asked = { id: uuidv7(), kind: 'contracts', search: { nodeId: merchant.shopId } };
    const job = await product.post('/api/v1/exports', asked);
    expect(job.body).toMatchObject({ state: 'FINISHED', rowsTotal: 1 });
    const { body } = await product.get(`/api/v1/exports/${asked.id}/manifest`);
    expect(body).toMatchObject({ kind: 'contracts', rowCount: 1, sums: [] });
    expect(body.position).toBeGreaterThan(0);
  });

  it('CONT-10 answers for a foreign node as for a missing one', async () => {
    const token = await product.tokenAt((await openMerchant(product)).brandId);
    const foreign = await product.get(`/api/v1/contracts/export?nodeId=${merchant.shopId}`, {
      token,
    });
    const missing = await product.get(`/api/v1/contracts/export?nodeId=${uuidv7()}`, { token });
    expect([foreign.status, foreign.body.code]).toEqual([404, missing.body.code]);
  });

  it('CONT-04 CONT-06 tells the last authorisation and the last telecollection', async () => {
    const { activityPath } = (await product.get(contract('/detail'))).body;
    const never = { lastAuthorizationAt: null, lastTelecollectionAt: null };
    expect((await product.get(activityPath)).body).toEqual(never);
    await pay(product, merchant, 2_000);
    const { transactionId } = await pay(product, merchant, 3_000);
    await product.settled();
    const { authorizedAt } = (await product.get(`/api/v1/transactions/${transactionId}`)).body;
    const used = { lastAuthorizationAt: authorizedAt, lastTelecollectionAt: null };
    expect((await product.get(activityPath)).body).toEqual(used);
    await product.setClock(new Date(Date.now() + 86_400_000).toISOString());
    await product.settled();
    const collected = (await product.get(activityPath)).body;
    expect(collected.lastAuthorizationAt).toBe(authorizedAt);
    expect(Date.parse(collected.lastTelecollectionAt)).toBeGreaterThan(Date.parse(authorizedAt));
    const token = await product.tokenAt((await openMerchant(product)).brandId);
    expect((await product.get(activityPath, { token })).status).toBe(404);
  });
});
