import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import {
  aroundToday,
  CARD,
  ChildProduct,
  createTestDatabase,
  found,
  freePort,
  type Merchant,
  openMerchant,
  payment,
  type Product,
  type TestDatabase,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';

type Attribute = { readonly key: string; readonly value: { readonly stringValue?: string } };
type Span = {
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
};
type Export = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
};

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('Follow a request through the product', () => {
  const received: string[] = [];
  let collector: Server;
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-tracing-'));
  let product: ChildProduct;
  let database: TestDatabase;
  let merchant: Merchant;

  beforeAll(async () => {
    collector = createServer((request, answer) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        received.push(text);
        answer.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    database = await createTestDatabase();
    product = await ChildProduct.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
    });
    // A merchant is opened with nothing but the client's `post`.
    merchant = await openMerchant({ post } as unknown as Product);
  });
  afterAll(async () => {
    await product.stop();
    await database.drop();
    collector.closeAllConnections();
    collector.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const post = async (path: string, body: object, more: object = {}) => {
    const response = await fetch(`${product.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${product.token}`,
        'content-type': 'application/json',
        ...more,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const position = response.headers.get('ledger-position') ?? '0';
    return { status: response.status, text, body: JSON.parse(text) as unknown, position };
  };
  const spans = () =>
    received
      .flatMap((text) => (JSON.parse(text) as Export).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
      .filter(({ traceId }) => traceId === TRACE);
  const spanNamed = (name: string) =>
    found(`the span ${name}`, () => spans().find((span) => span.name === name));
  const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };

  it('tells a collector each request below the span of who asked', async () => {
    const body = payment(merchant, 5500, { authorizationOnly: true });
    await post('/api/v1/payments', body, headers);
    const span = await spanNamed('POST /api/v1/payments');
    expect(span.parentSpanId).toBe(PARENT);
    const store = await PostgresEventStore.open({ url: database.url });
    const events = await store.readStream(`ledger.transaction-${body.id}`);
    await store.close();
    const [, trace, parent] = events[0]?.metadata.traceparent?.split('-') ?? [];
    expect(trace).toBe(TRACE);
    expect(parent).not.toBe(PARENT);
  });

  it('goes on with what follows from it elsewhere', async () => {
    const search = { nodeId: merchant.shopId, ...aroundToday() };
    const asked = { id: uuidv7(), operation: 'capture', search };
    const paid = await post(
      '/api/v1/payments',
      payment(merchant, 700, { authorizationOnly: true }),
    );
    const seen = { ...headers, 'ledger-position': paid.position };
    const answer = await post('/api/v1/mass-operations', asked, seen);
    expect(answer.status).toBe(202);
    const span = await spanNamed('cashdesk.mass-operations take');
    expect(span.parentSpanId).toBeDefined();
  });

  it('GEN-12 puts no card into a span', async () => {
    await spanNamed('POST /api/v1/payments');
    expect(received.join('')).not.toContain(CARD.number);
    expect(received.join('')).toContain('encaisse-all-in-one');
  });
});
