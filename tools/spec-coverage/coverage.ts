/** One test as the runner reported it. */
export type TestResult = {
  /** Path of the spec from the repository's root. */
  readonly file: string;
  readonly title: string;
  readonly status: string;
};

export type Coverage = {
  /** The ids that count, in the order of the specification. */
  readonly counted: readonly string[];
  readonly covered: ReadonlyMap<string, number>;
  readonly missing: readonly string[];
  /** Ids that wait for a later piece, whatever tests name them. */
  readonly later: readonly string[];
  /** Ids that only tests of parts name, which do not count. */
  readonly onlyInParts: readonly string[];
  /** Ids named by tests, which the specification does not have. */
  readonly unknown: readonly string[];
};

const GROUPS = /^(GEN|STAT|TRX|CASH|REM|CARD|SET|HMAC|CONT|TREE)-\d{2}$/;
const SINGLE_IDS = new Set(['CONT-09']);
const ID = '[A-Z]{2,8}-\\d{2}';

/** The numbered requirements of a catalogue, in its order: bold in a list or a table. */
export function requirementIds(catalogue: string): string[] {
  const found = catalogue.matchAll(new RegExp(`^(?:- |\\| )\\*\\*(${ID})\\*\\*`, 'gm'));
  return [...new Set([...found].map(([, id]) => id ?? ''))];
}

/** The ids a test's title begins with: `CASH-08 CASH-09 gives …` has two. */
export function idsOf(title: string): string[] {
  const [head = ''] = new RegExp(`^(?:${ID}(?:,? and |, | |: ?|$))+`).exec(title) ?? [];
  return head.match(new RegExp(ID, 'g')) ?? [];
}

/**
 * A decider's own spec, or one that goes through a port, a database or HTTP. What a part computes
 * alone does not show that the product does it.
 */
export function counts(file: string): boolean {
  if (/\.(int|e2e)\.spec\.ts$/.test(file)) return true;
  return /^libs\/[^/]+\/domain\/.*\.unit\.spec\.ts$/.test(file);
}

/** Which requirements have a test that ran, passed and counts. */
export function coverageOf(
  ids: readonly string[],
  later: Readonly<Record<string, string>>,
  tests: readonly TestResult[],
): Coverage {
  const inGroups = ids.filter((id) => GROUPS.test(id) || SINGLE_IDS.has(id));
  const counted = inGroups.filter((id) => later[id] === undefined);
  const covered = new Map<string, number>();
  const parts = new Set<string>();
  const named = new Set<string>();
  for (const { file, title, status } of tests) {
    for (const id of idsOf(title)) {
      named.add(id);
      if (status !== 'passed') continue;
      if (counts(file)) covered.set(id, (covered.get(id) ?? 0) + 1);
      else parts.add(id);
    }
  }
  const missing = counted.filter((id) => !covered.has(id));
  return {
    counted,
    covered,
    missing,
    later: inGroups.filter((id) => later[id] !== undefined),
    onlyInParts: missing.filter((id) => parts.has(id)),
    unknown: [...named].filter((id) => !ids.includes(id)).sort(),
  };
}
