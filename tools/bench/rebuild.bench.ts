import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Bench } from './bench';
import type { MillionLog } from './million-log';
import { millionJournal, rebuildJournal } from './million-product';

const TABLES = ['transactions', 'statistics_hour', 'statistics_day'];

/** Seconds to COPY the same final rows into tables with the same indexes. */
async function copySeconds(url: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-copy-'));
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('drop schema if exists copied cascade; create schema copied');
    let seconds = 0;
    for (const table of TABLES) {
      const file = join(folder, table);
      const out = client.query(
        copyTo(`copy (select * from backoffice_journal.${table}) to stdout (format binary)`),
      );
      await pipeline(out as unknown as Readable, createWriteStream(file));
      const started = performance.now();
      await client.query(
        `create table copied.${table} (like backoffice_journal.${table} including all)`,
      );
      const into = client.query(copyFrom(`copy copied.${table} from stdin (format binary)`));
      await pipeline(createReadStream(file), into as unknown as Writable);
      seconds += (performance.now() - started) / 1000;
    }
    await client.query('drop schema copied cascade');
    return seconds;
  } finally {
    await client.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bytes on disk, indexes included, of all the tables of a schema. */
async function bytesOf(schema: string, client: Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(oid)) as bytes from pg_class
     where relnamespace = $1::regnamespace and relkind = 'r'`,
    [schema],
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** What the capacity model rests on. */
async function sizes({ url, events, transactions }: MillionLog): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const perEvent = (await bytesOf('event_store', client)) / events;
  const perRow = (await bytesOf('backoffice_journal', client)) / transactions;
  await client.end();
  return `${Math.round(perEvent)} bytes an event, ${Math.round(perRow)} a transaction in the journal and its figures`;
}

/** Events into journal and figures, against COPY of the rows they give. */
export const rebuildBench: Bench = {
  name: 'rebuild',
  run: async (context) => {
    const log = await millionJournal(context);
    // Beside a journal that is filled and compared with, as an operator rebuilds it.
    const ours = await rebuildJournal(log.url);
    const peer = await copySeconds(log.url);
    context.say(`rebuild: ${await sizes(log)}`);
    const perMillion = (seconds: number) => (seconds * 1_000_000) / log.events;
    const common = { peer: 'COPY of the same final rows, same indexes', unit: 's/million events' };
    return [
      {
        ...common,
        measure: 'rebuild of journal and statistics',
        ours: perMillion(ours),
        peerFigure: perMillion(peer),
        ratio: ours / peer,
        goal: { atMost: 5 },
      },
      {
        measure: 'rebuild of one million events',
        ours: perMillion(ours),
        peer: 'the limit of the goal',
        peerFigure: 30,
        unit: 's',
        ratio: perMillion(ours) / 30,
        goal: { atMost: 1 },
      },
    ];
  },
};
