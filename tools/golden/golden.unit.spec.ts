import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DomainEvent, StreamType } from '@encaisse/kernel';
import { streamTypes } from '../catalogue/catalogue';
import {
  GOLDEN_LOG,
  GOLDEN_STATES,
  type GoldenEvent,
  addSeals,
  brokenSeals,
  goldenFiles,
  readSeals,
  sealOf,
  upcastFault,
} from './golden-files';
import { readKeptLog, statesOf } from './golden-log';
import { shapeDifference } from './shape';

const ROOT = join(__dirname, '..', '..');
const STREAMS = streamTypes();
const FILES = goldenFiles(ROOT);
const EXAMPLES = FILES.filter((file) => file.endsWith('.json'));

function example(file: string): GoldenEvent {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as GoldenEvent;
}

/** The stream whose context and event types an example belongs to. */
function streamOf(file: string) {
  const type = basename(file).split('.')[0]!;
  const found = STREAMS.filter(
    ({ context, schemaVersions }) =>
      file.startsWith(`libs/${context}/`) && Object.hasOwn(schemaVersions, type),
  );
  return { type, found };
}

describe('What was ever stored', () => {
  it('stays as it is: every file is sealed, no sealed one was changed or removed', () => {
    expect(brokenSeals(readSeals(ROOT), FILES, (file) => sealOf(ROOT, file))).toEqual([]);
    expect(FILES.length).toBeGreaterThan(40);
  });

  it.each(EXAMPLES)('%s becomes a valid event of today', (file) => {
    const { type, found } = streamOf(file);
    expect(found).toHaveLength(1);
    const { stream, schemaVersions } = found[0]!;
    const current = join(dirname(file), `${type}.v${schemaVersions[type] ?? 0}.json`);
    expect(upcastFault(stream, example(file), example(current))).toBeNull();
  });

  it('folds to the same states: a log of the first release (else npm run golden -- --states)', () => {
    const events = readKeptLog(readFileSync(join(ROOT, GOLDEN_LOG), 'utf8'));
    const lines = readFileSync(join(ROOT, GOLDEN_STATES), 'utf8').trimEnd().split('\n');
    const states = lines.map((line) => JSON.parse(line) as unknown);
    expect(Object.entries(statesOf(events, STREAMS))).toEqual(states);
  });

  it('has in the log of the first release the shape of its examples', () => {
    const byType = new Map(EXAMPLES.map((file) => [basename(file, '.json'), example(file)]));
    const events = readKeptLog(readFileSync(join(ROOT, GOLDEN_LOG), 'utf8'));
    const faults = events.flatMap(({ type, schemaVersion, data }) => {
      const kept = byType.get(`${type}.v${schemaVersion}`);
      const fault =
        kept === undefined ? 'no example is kept' : shapeDifference(kept.data, data, type);
      return fault === null ? [] : [fault];
    });
    expect(faults).toEqual([]);
  });
});

describe('The seals', () => {
  const seals = { 'a.v1.json': 'one', 'b.v1.json': 'two' };
  const hashes: Readonly<Record<string, string>> = { ...seals, 'c.v1.json': 'three' };
  const hashOf = (file: string): string => hashes[file] ?? 'other';

  it.each([
    ['a removed file', ['a.v1.json'], hashOf, /b\.v1\.json was removed/],
    ['a changed file', ['a.v1.json', 'b.v1.json'], (file: string) => `${file}!`, /was changed/],
    [
      'a file that nobody sealed',
      ['a.v1.json', 'b.v1.json', 'c.v1.json'],
      hashOf,
      /c\.v1\.json is not sealed: npm run golden/,
    ],
  ])('show %s (negative control)', (_title, files, hash, expected) => {
    expect(brokenSeals(seals, files, hash)[0]).toMatch(expected);
  });

  it('are added to new files and never replaced', () => {
    const added = addSeals(seals, ['a.v1.json', 'c.v1.json'], (file) => `new ${hashOf(file)}`);
    expect(added).toEqual({ ...seals, 'c.v1.json': 'new three' });
  });
});

describe('Examples of older versions', () => {
  type Event = { type: 'Done'; data: { total: { minor: number }; by: string | null } };
  const stream = (
    upcasters: Readonly<Record<number, (data: object) => object>>,
  ): StreamType<unknown, DomainEvent> => ({
    category: 'golden.thing',
    initial: null,
    evolve: (_: unknown, event: Event) => event,
    schemaVersions: { Done: 2 },
    upcasters: { Done: upcasters },
  });
  const first: GoldenEvent = { type: 'Done', schemaVersion: 1, data: { minor: 5 } };
  const second: GoldenEvent = {
    type: 'Done',
    schemaVersion: 2,
    data: { total: { minor: 7 }, by: null },
  };

  it('come out in the shape of the current one', () => {
    const good = stream({ 1: (data) => ({ total: data, by: null }) });
    expect(upcastFault(good, first, second)).toBeNull();
  });

  it.each([
    ['a missing upcaster', {}, first, /no way from schema version 1/],
    [
      'an upcaster that forgets a member',
      { 1: (data: object) => ({ total: data }) },
      first,
      /data\.by is missing/,
    ],
    [
      'an upcaster that changes a kind',
      { 1: () => ({ total: { minor: '5' }, by: null }) },
      first,
      /data\.total\.minor is string, the example has number/,
    ],
    [
      'a version of a later release',
      {},
      { ...second, schemaVersion: 3 },
      /schema version 3, this release knows 2/,
    ],
    [
      'a type nobody knows',
      {},
      { ...second, type: 'Undone' },
      /is a Undone, which golden\.thing does not have/,
    ],
  ])('are refused for %s (negative control)', (_title, upcasters, golden, fault) => {
    expect(upcastFault(stream(upcasters), golden, second)).toMatch(fault);
  });
});

describe('The shape of a written event', () => {
  const kept = { id: 'x', amount: { minor: 1, currency: 'EUR' }, email: null, lines: [{ n: 1 }] };

  it('is that of its example whatever the values', () => {
    const written = { id: 'y', amount: { minor: 2, currency: 'USD' }, email: 'a@b.c', lines: [] };
    expect(shapeDifference(kept, written)).toBeNull();
  });

  it.each([
    ['a new member', { ...kept, more: 1 }, 'data.more is new'],
    ['a member that is gone', { ...kept, id: undefined }, null],
    ['a renamed member', { key: 'x', ...{ ...kept, id: null } }, 'data.key is new'],
    ['another kind', { ...kept, amount: 100 }, 'data.amount is number, the example has object'],
    [
      'another kind inside a list',
      { ...kept, lines: [{ n: 1 }, { n: '2' }] },
      'data.lines[1].n is string, the example has number',
    ],
  ])('differs by %s (negative control)', (_title, written, fault) => {
    const stored: unknown = JSON.parse(JSON.stringify(written));
    expect(shapeDifference(kept, stored)).toBe(fault ?? 'data.id is missing');
  });
});
