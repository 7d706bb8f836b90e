import { categoryOf } from '@encaisse/kernel';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from '@encaisse/platform/projections';
import { hold } from './findings';
import { carryOut } from './server';
import { type Tables, Transaction } from './tables';

/** A read model made again from the log alone, some events at a time. */
async function rebuild(
  projection: Projection,
  events: readonly RecordedEvent[],
  batchSize: number,
): Promise<Tables> {
  const tables: Tables = new Map();
  const relevant = events.filter(({ streamId }) =>
    projection.categories.includes(categoryOf(streamId)),
  );
  for (let from = 0; from < relevant.length; from += batchSize) {
    const transaction = new Transaction(tables, false);
    transaction.schema = projection.schema;
    const session = {
      query: (sql: string, parameters: readonly unknown[] = []) =>
        Promise.resolve(carryOut(transaction, sql, parameters)),
    };
    await projection.apply(relevant.slice(from, from + batchSize), session as SqlSession);
    transaction.apply();
  }
  return tables;
}

/** Rows of a schema as one text, whatever the order they were written in. */
function textOf(tables: Tables, schema: string): string {
  const lines: string[] = [];
  for (const [name, rows] of tables) {
    if (!name.startsWith(`${schema}.`)) continue;
    for (const [key, row] of rows) {
      const cells = Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1));
      lines.push(`${name} ${key} ${JSON.stringify(cells)}`);
    }
  }
  return lines.sort().join('\n');
}

/** P1: what lies in the tables is what the log makes of them, however it is cut into batches. */
export async function checkRebuilt(
  projection: Projection,
  events: readonly RecordedEvent[],
  tables: Tables,
): Promise<void> {
  const live = textOf(tables, projection.schema);
  for (const batchSize of [7, 1000]) {
    const made = textOf(await rebuild(projection, events, batchSize), projection.schema);
    hold(made === live, 'P1', () => firstDifference(projection.name, batchSize, live, made));
  }
}

function firstDifference(name: string, batchSize: number, live: string, made: string): string {
  const [lives, mades] = [live.split('\n'), made.split('\n')];
  const place = lives.findIndex((line, index) => line !== mades[index]);
  return `${name} in batches of ${batchSize}: ${lives[place] ?? 'nothing'} became ${mades[place] ?? 'nothing'}`;
}
