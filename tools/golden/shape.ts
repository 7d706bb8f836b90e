/** The kind of a JSON value. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/**
 * How a written value differs in shape from the example kept of its version; null when it does not.
 * Members and kinds count, values do not. Null stands for anything that may be missing, and an empty
 * list for a list of anything.
 */
export function shapeDifference(example: unknown, written: unknown, path = 'data'): string | null {
  const [expected, found] = [kindOf(example), kindOf(written)];
  if (expected === 'null' || found === 'null') return null;
  if (expected !== found) return `${path} is ${found}, the example has ${expected}`;
  if (expected === 'array') {
    const [first, ...others] = [(example as unknown[])[0], ...(written as unknown[])];
    if (first === undefined) return null;
    return firstOf(others, (one, index) => shapeDifference(first, one, `${path}[${index}]`));
  }
  if (expected !== 'object') return null;
  const [known, own] = [example, written] as [Record<string, unknown>, Record<string, unknown>];
  const missing = Object.keys(known).find((key) => !Object.hasOwn(own, key));
  if (missing !== undefined) return `${path}.${missing} is missing`;
  const added = Object.keys(own).find((key) => !Object.hasOwn(known, key));
  if (added !== undefined) return `${path}.${added} is new`;
  return firstOf(Object.keys(known), (key) =>
    shapeDifference(known[key], own[key], `${path}.${key}`),
  );
}

function firstOf<Value>(
  values: readonly Value[],
  find: (value: Value, index: number) => string | null,
): string | null {
  for (const [index, value] of values.entries()) {
    const found = find(value, index);
    if (found !== null) return found;
  }
  return null;
}
