import { openMerchant, pay, Product, until } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

/** What a running product offers, however many processes it is made of. */
type Offer = {
  readonly routes: readonly string[];
  readonly consumerGroups: readonly string[];
  readonly projections: readonly string[];
};

const labels = (text: string, metric: string, label: string) =>
  [...text.matchAll(new RegExp(`^${metric}\\{[^}]*${label}="([^"]+)"`, 'gm'))].map(
    ([, value = '']) => value,
  );

async function offerOf(product: Product): Promise<Offer> {
  const routes = new Set<string>();
  const groups = new Set<string>();
  const projections = new Set<string>();
  for (const url of product.processes) {
    const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    for (const [path, methods] of Object.entries(document.paths))
      for (const method of Object.keys(methods)) routes.add(`${method.toUpperCase()} ${path}`);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const group of labels(metrics, 'encaisse_consumer_lag_events', 'group')) groups.add(group);
    for (const name of labels(metrics, 'encaisse_projection_lag_events', 'projection'))
      projections.add(name);
  }
  const sorted = (names: Set<string>) => [...names].sort();
  return {
    routes: sorted(routes),
    consumerGroups: sorted(groups),
    projections: sorted(projections),
  };
}

describe('One process and services apart', () => {
  let whole: Product;
  let apart: Product;
  let wholeOffer: Offer;
  let apartOffer: Offer;

  beforeAll(async () => {
    whole = await Product.start(ALL_MODULES);
    apart = await Product.startApart();
    wholeOffer = await offerOf(whole);
    apartOffer = await offerOf(apart);
  }, 180_000);
  afterAll(async () => {
    await whole.stop();
    await apart.stop();
  });

  it('have the same routes', () => {
    expect(apartOffer.routes).toEqual(wholeOffer.routes);
    expect(wholeOffer.routes).toEqual(
      expect.arrayContaining(['POST /api/v1/payments', 'GET /api/v1/events']),
    );
  });

  it('have the same consumer groups', () => {
    expect(apartOffer.consumerGroups).toEqual(wholeOffer.consumerGroups);
    expect(wholeOffer.consumerGroups).toContain('cashdesk.mass-operations');
  });

  it('keep the same read models', () => {
    expect(apartOffer.projections).toEqual(wholeOffer.projections);
    expect(wholeOffer.projections).toContain('backoffice.journal');
  });

  it('have one address that answers for all the services', async () => {
    const document = await apart.get('/api/openapi.json', { token: '' });
    expect(Object.keys(document.body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/payments', '/api/v1/nodes', '/api/v1/transactions']),
    );
    const health = await apart.get('/health/ready', { token: '' });
    expect(health.body.status).toBe('ready');
    expect(health.body.parts).toMatchObject({ 'authorization: acquirer': 'up' });
    const nowhere = await apart.get('/nowhere');
    expect(nowhere.body).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('starts a service again that ended, and says that its routes are away meanwhile', async () => {
    const killed = await apart.killService('merchant-onboarding');
    const meanwhile = await apart.get('/api/v1/nodes');
    expect(meanwhile.body).toMatchObject({ status: 503, code: 'unavailable' });
    await until(async () => (await apart.get('/api/v1/nodes')).status === 200);
    expect(killed).toBeGreaterThan(0);
  });
});

describe('Two copies of the services that work on their own', () => {
  let product: Product;

  beforeAll(async () => {
    product = await Product.startApart({}, { authorization: 2, cashdesk: 2, remittance: 2 });
    await product.setClock('2026-03-02T10:00:00+01:00');
  }, 180_000);
  afterAll(() => product.stop());

  const holderOf = async (lease: string) => {
    const [row] = await product.database.query<{ holder: string; epoch: number }>(
      'select holder, epoch from platform.leases where name = $1 and expires_at > now()',
      [lease],
    );
    return row && { pid: Number(row.holder.split('/')[1]), epoch: row.epoch };
  };

  it('REM-02 collect each transaction once, also when the copy that had the job is killed', async () => {
    const merchant = await openMerchant(product);
    const ids = new Set<string>();
    for (let index = 0; index < 6; index += 1)
      ids.add((await pay(product, merchant, 1000 + index * 100)).transactionId);
    const before = (await holderOf('job.remittance.telecollection'))!;
    process.kill(before.pid, 'SIGKILL');
    let after = before;
    while (after.epoch === before.epoch) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      after = (await holderOf('job.remittance.telecollection')) ?? before;
    }
    expect(after.pid).not.toBe(before.pid);
    while ((await product.get('/health/ready', { token: '' })).status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await product.setClock('2026-03-02T23:30:00+01:00');
    const sent = (await product.store.readAll({ after: 0, limit: 10_000 })).filter(
      ({ type }) => type === 'TransactionSentToBank',
    );
    expect(sent.map(({ streamId }) => streamId.slice('ledger.transaction-'.length)).sort()).toEqual(
      [...ids].sort(),
    );
    const remittances = new Set(
      sent.map(({ data }) => (data as { remittanceId: string }).remittanceId),
    );
    expect(remittances.size).toBe(1);
  });
});
