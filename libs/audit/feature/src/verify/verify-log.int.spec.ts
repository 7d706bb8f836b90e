import { PostgresEventStore } from '@encaisse/platform/event-store';
import { createTestDatabase, newEvent, type TestDatabase } from '@encaisse/testing';
import { Client } from 'pg';
import { type LogVerdict, verifyLog } from './verify-log';

const EVENTS = 24;
let template: TestDatabase;

beforeAll(async () => {
  template = await createTestDatabase();
  const store = await PostgresEventStore.open({ url: template.url });
  for (let index = 0; index < EVENTS; index += 1) {
    const streamId = `testing.thing-${index % 3}`;
    await store.append([{ streamId, expected: 'any', events: [newEvent({ index })] }]);
  }
  await store.close();
});

afterAll(() => template.drop());

/** What the check says after someone with full access changed a copy of the log. */
async function verdictAfter(...statements: readonly string[]): Promise<LogVerdict> {
  const copy = await createTestDatabase({ template: template.name });
  const client = new Client({ connectionString: copy.url });
  await client.connect();
  try {
    await client.query('alter table event_store.events disable trigger all');
    for (const statement of statements) await client.query(statement);
    return await verifyLog(client, () => undefined);
  } finally {
    await client.end();
    await copy.drop();
  }
}

describe('Verifying the whole log', () => {
  it('GEN-10 finds a log as it was written', async () => {
    const verdict = await verdictAfter();
    expect(verdict).toMatchObject({ events: EVENTS, streams: 3, firstBad: null });
    expect(verdict.treeHead).toMatch(/^[0-9a-f]{64}$/);
  });

  const update = (change: string): string =>
    `update event_store.events set ${change} where position = 7`;
  const rehashed = `leaf_hash = sha256('\\x00'::bytea || convert_to(`;

  it.each([
    ['a changed body', [update(`body = replace(body, '"index":6', '"index":9')`)], /leaf hash/],
    ['a changed leaf hash', [update('leaf_hash = set_byte(leaf_hash, 3, 0)')], /leaf hash/],
    ['another type', [update("type = 'Other'")], /column type/],
    ['another event id', [update('event_id = gen_random_uuid()')], /column event_id/],
    ['another stream', [update("stream_id = 'testing.thing-9'")], /column stream_id/],
    ['another category', [update("category = 'testing.other'")], /column category/],
    ['another schema version', [update('schema_version = 2')], /column schema_version/],
    ['another time', [update("recorded_at = recorded_at + interval '1 ms'")], /column recorded_at/],
    ['another version', [update('version = 90')], /goes on with version 90 where 2 is due/],
    ['a removed event', ['delete from event_store.events where position = 7'], /7 is missing/],
    [
      'a time that goes back, hashed anew',
      [
        `update event_store.events set recorded_at = '2020-01-01Z',
           body = regexp_replace(body, '"recordedAt":"[^"]*"', '"recordedAt":"2020-01-01T00:00:00.000Z"')
         where position = 7`,
        update(`${rehashed}body, 'UTF8'))`),
      ],
      /recorded before/,
    ],
  ])('GEN-10 names the first bad position: %s', async (_what, statements, reason) => {
    const { firstBad, events } = await verdictAfter(...statements);
    expect(firstBad?.reason).toMatch(reason);
    expect(firstBad?.position).toBe(7);
    expect(events).toBe(6);
  });

  it('GEN-10 names the first of two swapped events', async () => {
    const { firstBad } = await verdictAfter(
      'update event_store.events set position = -7 where position = 7',
      'update event_store.events set position = 7 where position = 10',
      'update event_store.events set position = 10 where position = -7',
    );
    expect(firstBad).toMatchObject({ position: 7 });
  });

  it('shows a log cut at its end by another tree head only', async () => {
    const whole = await verdictAfter();
    const cut = await verdictAfter('delete from event_store.events where position = 24');
    expect(cut.firstBad).toBeNull();
    expect(cut.treeHead).not.toBe(whole.treeHead);
  });
});
