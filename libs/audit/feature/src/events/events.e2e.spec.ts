import { uuidv7 } from 'uuidv7';
import { Product } from '@encaisse/testing';
import { EventsModule } from './events.module';

const metadata = {
  actor: { kind: 'system', login: 'spec' },
  correlationId: 'spec',
  causationId: null,
} as const;

describe('Read the log over HTTP', () => {
  let product: Product;
  const ours = `spec.thing-${uuidv7()}`;
  const theirs = `spec.thing-${uuidv7()}`;
  const shared = `spec.place-${uuidv7()}`;

  async function append(streamId: string, expected: number | 'no-stream', data: object) {
    const event = { eventId: uuidv7(), type: 'Happened', schemaVersion: 1, data, metadata };
    await product.service.platform.store.append([{ streamId, expected, events: [event] }]);
  }

  beforeAll(async () => {
    product = await Product.start([EventsModule]);
    await append(ours, 'no-stream', { environment: 'TEST', amount: { minor: 1, currency: 'EUR' } });
    await append(theirs, 'no-stream', { environment: 'PRODUCTION' });
    await append(shared, 'no-stream', { name: 'Nord' });
    await append(theirs, 0, { note: 'secret' });
    await append(ours, 0, { note: 'plain' });
  });

  afterAll(() => product.stop());

  const placesOf = (body: { items: { streamId: string; version: number }[] }) =>
    body.items.map(({ streamId, version }) => [streamId, version]);

  it('gives the events of the environment in order, and says how many it passed over', async () => {
    const { status, body } = await product.get('/api/v1/events');
    expect(status).toBe(200);
    expect(placesOf(body)).toEqual([
      [ours, 0],
      [shared, 0],
      [ours, 1],
    ]);
    expect(body).toMatchObject({ readUpTo: 5, withheld: 2, isLast: true });
    expect(body.items[0]).toEqual({
      position: 1,
      streamId: ours,
      version: 0,
      type: 'Happened',
      data: { environment: 'TEST', amount: { minor: 1, currency: 'EUR' } },
      recordedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('knows the environment of a stream whose first event lies on an earlier page', async () => {
    const fresh = await Product.start([EventsModule]);
    const { store } = fresh.service.platform;
    const event = (data: object) => ({
      eventId: uuidv7(),
      type: 'Happened',
      schemaVersion: 1,
      data,
      metadata,
    });
    const first = event({ environment: 'PRODUCTION' });
    await store.append([{ streamId: theirs, expected: 'no-stream', events: [first, event({})] }]);
    const { body } = await fresh.get('/api/v1/events?after=1');
    expect(body).toEqual({ items: [], readUpTo: 2, withheld: 1, isLast: true });
    await fresh.stop();
  });

  it('is read page by page to the end', async () => {
    const { body: page } = await product.get('/api/v1/events?after=0&limit=3');
    expect(placesOf(page)).toEqual([
      [ours, 0],
      [shared, 0],
    ]);
    expect(page).toMatchObject({ readUpTo: 3, withheld: 1, isLast: false });
    const { body: next } = await product.get(`/api/v1/events?after=${page.readUpTo}&limit=3`);
    expect(placesOf(next)).toEqual([[ours, 1]]);
    expect(next).toMatchObject({ readUpTo: 5, withheld: 1, isLast: true });
    const { body: end } = await product.get('/api/v1/events?after=5');
    expect(end).toEqual({ items: [], readUpTo: 5, withheld: 0, isLast: true });
  });

  it('is for auditors of the whole tree', async () => {
    const reader = await product.tokenAt('root', ['read', 'operate', 'administer', 'operator']);
    expect((await product.get('/api/v1/events', { token: reader })).status).toBe(403);
    const below = await product.tokenAt(uuidv7(), ['audit']);
    const answer = await product.get('/api/v1/events', { token: below });
    expect(answer).toMatchObject({ status: 403, body: { type: '/problems/forbidden' } });
  });

  it.each(['after=-1', 'after=one', 'limit=0', 'limit=5001', 'limit=1.5'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await product.get(`/api/v1/events?${query}`);
      expect(status).toBe(400);
      expect(body.errors[0].pointer).toBe(`query/${query.split('=')[0] ?? ''}`);
    },
  );
});
