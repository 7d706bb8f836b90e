import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DomainEvent, StreamType } from '@encaisse/kernel';
import { decodeEvent } from '@encaisse/platform/event-store';
import { shapeDifference } from './shape';

/** An example of one version of one event type, as it was stored. */
export type GoldenEvent = {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
};

/** SHA-256 per file, in hexadecimal digits: what was sealed is never changed or removed. */
export type Seals = Readonly<Record<string, string>>;

export const SEALS_FILE = 'tools/golden/seals.json';
export const GOLDEN_LOG = 'tools/golden/log/first-release.jsonl';
export const GOLDEN_STATES = 'tools/golden/log/first-release.states.jsonl';

/** Every file that must stay as it is: the examples of events beside their domains, and whole logs. */
export function goldenFiles(root: string): string[] {
  const examples = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|\/)domain\/src\/.*history\/[^/]+\.v\d+\.json$/.test(path))
    .map((path) => `libs/${path}`);
  return [...examples, ...(existsSync(join(root, GOLDEN_LOG)) ? [GOLDEN_LOG] : [])].sort();
}

export function sealOf(root: string, file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex');
}

export function readSeals(root: string): Seals {
  return JSON.parse(readFileSync(join(root, SEALS_FILE), 'utf8')) as Seals;
}

/** What became of sealed files, and which files nobody sealed. Empty when all is well. */
export function brokenSeals(
  seals: Seals,
  files: readonly string[],
  hashOf: (file: string) => string,
): string[] {
  const there = new Set(files);
  return [
    ...Object.keys(seals)
      .filter((file) => !there.has(file))
      .map((file) => `${file} was removed: what is in a log stays readable for ever`),
    ...files
      .filter((file) => Object.hasOwn(seals, file) && seals[file] !== hashOf(file))
      .map((file) => `${file} was changed: raise the schema version and add a file instead`),
    ...files
      .filter((file) => !Object.hasOwn(seals, file))
      .map((file) => `${file} is not sealed: npm run golden`),
  ];
}

/** The seals with those of new files; never another one for a file that is sealed. */
export function addSeals(
  seals: Seals,
  files: readonly string[],
  hashOf: (file: string) => string,
): Seals {
  const added = files
    .filter((file) => !Object.hasOwn(seals, file))
    .map((file) => [file, hashOf(file)] as const);
  const all = [...Object.entries(seals), ...added];
  return Object.fromEntries(all.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/**
 * Why an example of any version does not come out as an event of today; null when it does. The example of
 * the current version tells the shape.
 */
export function upcastFault(
  stream: StreamType<unknown, DomainEvent>,
  golden: GoldenEvent,
  current: GoldenEvent,
): string | null {
  try {
    const place = { streamId: `${stream.category}-example`, version: 0 };
    const { data } = decodeEvent(stream as StreamType<never, DomainEvent>, { ...golden, ...place });
    return shapeDifference(current.data, data);
  } catch (error) {
    return (error as Error).message;
  }
}
