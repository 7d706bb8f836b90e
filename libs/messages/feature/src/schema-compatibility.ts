/** What of JSON Schema decides whether a consumer of an older shape can read a newer one. */
type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly [keyword: string]: unknown;
};

const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'examples']);
const STRUCTURE = new Set(['properties', 'required', 'additionalProperties', 'items']);

function rules(schema: Schema): string {
  const kept = Object.entries(schema).filter(
    ([keyword]) => !ANNOTATIONS.has(keyword) && !STRUCTURE.has(keyword),
  );
  return JSON.stringify(kept.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isClosed(schema: Schema): boolean {
  return schema.additionalProperties === false;
}

/**
 * Why those who know a message type by its released schema could not read it by the present one; empty
 * when they can. Fields that left, changed or may be absent now break them; so does a new field where the
 * released schema allowed none, and a new required one, as older messages stay on the topics without it.
 */
export function incompatibilities(released: object, present: object, path = ''): readonly string[] {
  const before = released as Schema;
  const after = present as Schema;
  const found: string[] = [];
  const place = path === '' ? 'the message' : path;
  if (rules(before) !== rules(after)) found.push(`${place} has other rules`);
  if (isClosed(before) !== isClosed(after))
    found.push(`${place} is ${isClosed(after) ? 'closed' : 'open'} to unknown fields now`);
  const { properties: had = {} } = before;
  const { properties: has = {} } = after;
  for (const [name, field] of Object.entries(had)) {
    const now = has[name];
    if (now === undefined) found.push(`${path}/${name} was removed`);
    else found.push(...incompatibilities(field, now, `${path}/${name}`));
  }
  for (const name of Object.keys(has).filter((one) => had[one] === undefined)) {
    if (isClosed(before)) found.push(`${path}/${name} is new where no other field was allowed`);
    else if (after.required?.includes(name) === true)
      found.push(`${path}/${name} is new and required: older messages lack it`);
  }
  for (const name of before.required ?? [])
    if (after.required?.includes(name) !== true && has[name] !== undefined)
      found.push(`${path}/${name} may be absent now`);
  for (const name of after.required ?? [])
    if (before.required?.includes(name) !== true && had[name] !== undefined)
      found.push(`${path}/${name} is required now: older messages may lack it`);
  if (before.items !== undefined || after.items !== undefined)
    found.push(...incompatibilities(before.items ?? {}, after.items ?? {}, `${path}[]`));
  return found;
}

type Schemas = Readonly<Record<string, object>>;

/** What a release would break of all that was released before. */
export function brokenReleases(released: Schemas, present: Schemas): readonly string[] {
  return Object.entries(released).flatMap(([type, schema]) => {
    const now = present[type];
    if (now === undefined) return [`${type} is gone: its consumers wait in vain`];
    return incompatibilities(schema, now).map(
      (reason) => `${type}: ${reason}; publish it as a new version`,
    );
  });
}

/** The released schemas after this release: what is new is added, what would break is left as it was. */
export function withReleased(released: Schemas, present: Schemas): Schemas {
  const next: Record<string, object> = { ...released };
  for (const [type, schema] of Object.entries(present)) {
    const before = released[type];
    if (before === undefined || incompatibilities(before, schema).length === 0) next[type] = schema;
  }
  return Object.fromEntries(Object.entries(next).sort(([one], [other]) => (one < other ? -1 : 1)));
}
