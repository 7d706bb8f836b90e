import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Client } from 'pg';
import { ProductClient } from '../torture/load/product-client';
import { Fleet } from '../torture/world/fleet';
import { laboratoryFolder } from '../torture/world/postgres-victim';
import { type GoldenEvent, goldenFiles } from './golden-files';
import { REACHED_TYPES, playScenario } from './scenario';
import { shapeDifference } from './shape';

const ROOT = join(__dirname, '..', '..');
const MILLIS = 200_000;

type Written = {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: Readonly<Record<string, unknown>>;
};

async function writtenByThisRelease(): Promise<Written[]> {
  const folder = laboratoryFolder('golden-spec');
  const fleet = await Fleet.start({ folder: folder.path, arrangement: 'together' });
  const client = new ProductClient(fleet, 8);
  try {
    await playScenario(client);
    const database = new Client({ connectionString: fleet.databaseUrl });
    await database.connect();
    const { rows } = await database.query<{ body: string }>(
      'select body from event_store.events order by position',
    );
    await database.end();
    return rows.map(({ body }) => JSON.parse(body) as Written);
  } finally {
    await client.close();
    await fleet.stop();
    folder.remove();
  }
}

const EXAMPLES = new Map(
  goldenFiles(ROOT)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      basename(file, '.json'),
      JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as GoldenEvent,
    ]),
);

function faultsOf(events: readonly Written[]): string[] {
  return events.flatMap(({ type, schemaVersion, data }) => {
    const example = EXAMPLES.get(`${type}.v${schemaVersion}`);
    if (example === undefined) return [`${type} of version ${schemaVersion} has no example`];
    const fault = shapeDifference(example.data, data, type);
    return fault === null ? [] : [`${fault}: raise its schema version`];
  });
}

describe('What this release writes', () => {
  let events: Written[];

  beforeAll(async () => {
    jest.requireActual<{ build(): void }>(join(ROOT, 'tools/build/build.js')).build();
    events = await writtenByThisRelease();
  }, MILLIS);

  it('reaches the event types of a working day', () => {
    const reached = new Set(events.map(({ type }) => type));
    expect(REACHED_TYPES.filter((type) => !reached.has(type))).toEqual([]);
  });

  it('has the shape of the example of its version: another shape needs another version', () => {
    expect(faultsOf(events)).toEqual([]);
  });

  it('is refused with a member more, a member less or no example (negative control)', () => {
    const captured = events.find(({ type }) => type === 'TransactionCaptured')!;
    const { amount: _, ...less } = captured.data;
    expect(
      faultsOf([
        { ...captured, data: { ...captured.data, tip: 100 } },
        { ...captured, data: less },
        { ...captured, schemaVersion: 2 },
      ]),
    ).toEqual([
      'TransactionCaptured.tip is new: raise its schema version',
      'TransactionCaptured.amount is missing: raise its schema version',
      'TransactionCaptured of version 2 has no example',
    ]);
  });
});
