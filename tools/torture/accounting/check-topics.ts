import { ALL_PUBLICATIONS } from '@encaisse/messages/feature';
import { categoryOf } from '@encaisse/kernel';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';

/** A record of a topic, as far as the accounts look at it. */
export type TopicRecord = { readonly id: string; readonly key: string; readonly position: number };

const READ_MILLIS = 120_000;
const PAGE = 5_000;

/** The ids of all messages that the log must have led to, with the streams they belong to. */
export async function expectedMessages(url: string): Promise<Map<string, string>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const expected = new Map<string, string>();
  try {
    for (let after = 0; ;) {
      const { rows } = await client.query<{ position: string; version: string; body: string }>(
        `select position, version, body from event_store.events
         where position > $1 order by position limit ${PAGE}`,
        [after],
      );
      for (const { position, version, body } of rows) {
        const parsed = JSON.parse(body) as Omit<RecordedEvent, 'position' | 'version'>;
        const event = { ...parsed, position: Number(position), version: Number(version) };
        for (const id of messageIdsOf(event)) expected.set(id, event.streamId);
      }
      const last = rows.at(-1);
      if (last === undefined) return expected;
      after = Number(last.position);
    }
  } finally {
    await client.end();
  }
}

/** The event and the type, and a number for each further message of one type. */
function messageIdsOf(event: RecordedEvent): string[] {
  const category = categoryOf(event.streamId);
  const types = ALL_PUBLICATIONS.filter(({ categories }) => categories.includes(category)).flatMap(
    (publication) => publication.map(event).map(({ type }) => type),
  );
  return types.map((type, index) => {
    const before = types.slice(0, index).filter((one) => one === type).length;
    return [event.eventId, type, ...(before === 0 ? [] : [before])].join('.');
  });
}

/** Every record of the installation's topics from the beginning, in the order of each partition. */
export async function readTopics(
  brokers: readonly string[],
  prefix: string,
  expected: number,
): Promise<TopicRecord[]> {
  const kafka = new Kafka({
    clientId: 'torture',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(`${prefix}.`));
  const bounds = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  const total = bounds.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  if (total === 0 && expected === 0) return [];
  const consumer = kafka.consumer({ groupId: `${prefix}.accounts-${process.pid}` });
  await consumer.connect();
  try {
    for (const topic of topics) await consumer.subscribe({ topic, fromBeginning: true });
    return await read(consumer, total);
  } finally {
    await consumer.disconnect();
  }
}

async function read(consumer: Consumer, total: number): Promise<TopicRecord[]> {
  const records: TopicRecord[] = [];
  await consumer.run({
    eachMessage: ({ message }) => {
      const value = JSON.parse(message.value?.toString() ?? '{}') as {
        id: string;
        subject: string;
        logposition: string;
      };
      records.push({ id: value.id, key: value.subject, position: Number(value.logposition) });
      return Promise.resolve();
    },
  });
  const deadline = performance.now() + READ_MILLIS;
  while (records.length < total && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return records;
}

/** P5: each message at least once, in the order of its stream; what comes again was there before. */
export function checkTopics(
  expected: ReadonlyMap<string, string>,
  records: readonly TopicRecord[],
): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  const newest = new Map<string, number>();
  for (const { id, key, position } of records) {
    if (!expected.has(id)) faults.push(`P5 the topics hold ${id}, which the log does not lead to`);
    const last = newest.get(key) ?? 0;
    if (!seen.has(id) && position < last) faults.push(`P5 ${id} of ${key} came after a later one`);
    seen.add(id);
    newest.set(key, Math.max(last, position));
  }
  for (const id of expected.keys()) if (!seen.has(id)) faults.push(`P5 ${id} was never published`);
  return faults;
}
