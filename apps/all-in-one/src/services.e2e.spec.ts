import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChildProduct,
  createTestDatabase,
  freePort,
  Product,
  type TestDatabase,
} from '@encaisse/testing';
import { ALL_MODULES } from './modules';

const APPS = readdirSync(join(__dirname, '..', '..')).filter((name) => name !== 'encaisse');

describe('Every service starts alone from its own main', () => {
  let database: TestDatabase;
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-services-'));

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('knows all nine of them', () => {
    expect(APPS.sort()).toEqual([
      'acquirer-simulator',
      'all-in-one',
      'authorization',
      'backoffice',
      'cashdesk',
      'merchant-onboarding',
      'reconciliation',
      'remittance',
      'scheduler',
    ]);
  });

  it.each(APPS)('%s starts, reports ready and stops', async (service) => {
    const product = await ChildProduct.start({
      ENCAISSE_SERVICE: service,
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
    });
    const { status, body } = await product.call('GET', '/health/ready');
    expect([status, body.status]).toEqual([200, 'ready']);
    expect(await product.stop()).toBe(0);
  });
});

describe('What operators and integrators read', () => {
  let product: Product;

  beforeAll(async () => {
    product = await Product.start(ALL_MODULES);
  });
  afterAll(() => product.stop());

  it('describes its API in OpenAPI 3.1, with the routes of every context', async () => {
    const { body } = await product.get('/api/openapi.json', { token: '' });
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/payments',
        '/api/v1/nodes',
        '/api/v1/transactions/{transactionId}/refunds',
        '/api/v1/remittances/telecollect',
        '/api/v1/statistics/dashboard',
        '/api/v1/mass-operations',
        '/api/v1/events',
      ]),
    );
    const amount = body.components.schemas.AmountBody;
    expect(amount.required).toEqual(['minor', 'currency']);
  });

  it('describes its messages in AsyncAPI 3, with the topics of every context that publishes', async () => {
    const { status, body } = await product.get('/api/asyncapi.json', { token: '' });
    expect([status, body.asyncapi]).toEqual([200, '3.0.0']);
    expect(body.channels.backoffice.address).toBe('encaisse.backoffice');
    expect(Object.keys(body.components.messages)).toContain(
      'backoffice.mass-operation-selected.v1',
    );
  });

  it('shows the API in the browser', async () => {
    const { status, text } = await product.get('/api/docs', { token: '' });
    expect(status).toBe(200);
    expect(text).toContain('swagger-ui');
    const bundle = await product.get('/api/docs/swagger-ui-bundle.js', { token: '' });
    expect(bundle.status).toBe(200);
  });

  it('measures requests, read models and consumers for Prometheus', async () => {
    await product.get('/api/v1/nodes');
    const { text, headers } = await product.get('/metrics', { token: '' });
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /encaisse_http_request_duration_seconds_count\{[^}]*route="\/api\/v1\/nodes"/,
    );
    expect(text).toMatch(/encaisse_projection_lag_events\{[^}]*projection="backoffice.journal"/);
    expect(text).toMatch(/encaisse_consumer_lag_events\{[^}]*group="cashdesk.mass-operations"/);
  });

  it('tells that it lives and that it can serve', async () => {
    expect((await product.get('/health/live', { token: '' })).body).toEqual({ status: 'up' });
    const { body } = await product.get('/health/ready', { token: '' });
    expect(body).toMatchObject({ status: 'ready', parts: { database: 'up', acquirer: 'up' } });
  });

  it('needs a token on every route that is not declared public', async () => {
    const { body } = await product.get('/api/openapi.json', { token: '' });
    const open = [
      '/health/',
      '/metrics',
      '/api/asyncapi.json',
      '/simulator/',
      '/dev/mail',
      '/hmac/activate',
      '/api/v1/hmac-keys/activate',
      '/dev/sms',
      '/api/v1/scheduler',
      '/api/v1/reconciliation',
    ];
    for (const [path, methods] of Object.entries<object>(body.paths)) {
      if (open.some((prefix) => path.startsWith(prefix))) continue;
      for (const method of Object.keys(methods)) {
        const answer = await product.call(method.toUpperCase(), path, undefined, { token: '' });
        expect([path, method, answer.status]).toEqual([path, method, 401]);
      }
    }
  });

  it('echoes the request id and answers problems with the instance that carries it', async () => {
    const { body, headers } = await product.get('/nowhere', {
      headers: { 'x-request-id': 'abc-1' },
    });
    expect(headers.get('x-request-id')).toBe('abc-1');
    expect(body.instance).toBe('urn:encaisse:request:abc-1');
  });
});
