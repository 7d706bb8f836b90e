import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { Client } from 'pg';
import { streamTypes } from '../catalogue/catalogue';
import { ProductClient } from '../torture/load/product-client';
import { Fleet } from '../torture/world/fleet';
import { laboratoryFolder } from '../torture/world/postgres-victim';
import {
  GOLDEN_LOG,
  GOLDEN_STATES,
  SEALS_FILE,
  type Seals,
  addSeals,
  brokenSeals,
  goldenFiles,
  readSeals,
  sealOf,
} from './golden-files';
import { readKeptLog, statesOf } from './golden-log';
import { playScenario } from './scenario';

const ROOT = process.cwd();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('golden')
  .description('Seals new examples of events and new logs. What is sealed is never sealed again.')
  .option(
    '--states',
    'writes the states that the kept log folds to, after a change of states',
    false,
  );

/** Plays a day against the product and keeps its log: once per release. */
async function recordLog(file: string): Promise<void> {
  const folder = laboratoryFolder('golden');
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
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${rows.map(({ body }) => body).join('\n')}\n`);
  } finally {
    await client.close();
    await fleet.stop();
    folder.remove();
  }
}

function writeStates(): void {
  const events = readKeptLog(readFileSync(join(ROOT, GOLDEN_LOG), 'utf8'));
  const states = statesOf(events, streamTypes());
  const lines = Object.entries(states).map((entry) => JSON.stringify(entry));
  writeFileSync(join(ROOT, GOLDEN_STATES), `${lines.join('\n')}\n`);
  say(`${GOLDEN_STATES}: ${Object.keys(states).length} streams`);
}

async function main(): Promise<void> {
  const { states } = program.parse().opts<{ states: boolean }>();
  if (!existsSync(join(ROOT, GOLDEN_LOG))) await recordLog(join(ROOT, GOLDEN_LOG));
  if (states || !existsSync(join(ROOT, GOLDEN_STATES))) writeStates();
  const hashOf = (file: string): string => sealOf(ROOT, file);
  const before: Seals = existsSync(join(ROOT, SEALS_FILE)) ? readSeals(ROOT) : {};
  const files = goldenFiles(ROOT);
  const seals = addSeals(before, files, hashOf);
  writeFileSync(join(ROOT, SEALS_FILE), `${JSON.stringify(seals, null, 2)}\n`);
  say(
    `${Object.keys(seals).length - Object.keys(before).length} new seals of ${files.length} files`,
  );
  for (const fault of brokenSeals(seals, files, hashOf)) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
