import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DomainEvent, StreamType } from '@encaisse/kernel';
import { declaredProblems, type ProblemKind } from '@encaisse/platform/http';

const load = createRequire(__filename);
/** The libraries as they run: sources under Jest, compiled elsewhere. */
const LIBRARIES = join(__dirname, '..', '..', 'libs');
const SHARED = new Set(['kernel', 'platform', 'testing']);

/** The least that is known of a stream type whatever its state. */
export type StreamDescription = {
  readonly context: string;
  readonly category: string;
  /** Name of the constant that describes the stream. */
  readonly symbol: string;
  readonly schemaVersions: Readonly<Record<string, number>>;
  /** The stream itself, to decode and fold with. */
  readonly stream: StreamType<unknown, DomainEvent>;
};

/** A JSON schema of an event that contexts publish to each other. */
export type PublishedSchema = {
  readonly context: string;
  readonly type: string;
  readonly schema: {
    readonly title?: string;
    readonly properties?: Readonly<Record<string, object>>;
  };
};

export type ProblemGroup = {
  readonly context: string;
  readonly problems: readonly (readonly [code: string, kind: ProblemKind])[];
};

/** The bounded contexts, by folder, the ledger among them. */
export function contexts(): string[] {
  return readdirSync(LIBRARIES)
    .filter((folder) => !SHARED.has(folder))
    .sort();
}

function exportsOf(context: string, kind: 'domain' | 'contract' | 'feature'): object {
  const folder = join(LIBRARIES, context, kind, 'src');
  const isThere = ['index.ts', 'index.js'].some((file) => existsSync(join(folder, file)));
  return isThere ? (load(join(folder, 'index')) as object) : {};
}

function isStream(value: unknown): value is StreamType<unknown, DomainEvent> {
  const { category, schemaVersions, evolve } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof category === 'string' &&
    typeof evolve === 'function' &&
    schemaVersions !== null &&
    typeof schemaVersions === 'object'
  );
}

/** Every stream type of the product, in the order of contexts and categories. */
export function streamTypes(): StreamDescription[] {
  const found = contexts().flatMap((context) =>
    Object.entries(exportsOf(context, 'domain')).flatMap(([symbol, value]) =>
      isStream(value)
        ? [
            {
              context,
              symbol,
              category: value.category,
              schemaVersions: value.schemaVersions,
              stream: value,
            },
          ]
        : [],
    ),
  );
  return found.sort((left, right) => (left.category < right.category ? -1 : 1));
}

const EVENT_URN = 'urn:encaisse:event:';

/** Every event type that leaves its context. */
export function publishedSchemas(): PublishedSchema[] {
  return contexts().flatMap((context) =>
    Object.values(exportsOf(context, 'contract')).flatMap((value: unknown) => {
      const id = (value as { $id?: unknown } | null)?.$id;
      if (typeof id !== 'string' || !id.startsWith(EVENT_URN)) return [];
      const schema = value as PublishedSchema['schema'];
      return [{ context, type: id.slice(EVENT_URN.length), schema }];
    }),
  );
}

/** Every problem an API may answer: those of any route, then those of each context. */
export function problemGroups(): ProblemGroup[] {
  const seen = new Set<string>();
  const take = (context: string): ProblemGroup => {
    const problems = [...declaredProblems()].filter(([code]) => !seen.has(code));
    for (const [code] of problems) seen.add(code);
    return { context, problems };
  };
  const groups = [take('platform')];
  for (const context of contexts()) {
    exportsOf(context, 'feature');
    groups.push(take(context));
  }
  return groups.filter(({ problems }) => problems.length > 0);
}
