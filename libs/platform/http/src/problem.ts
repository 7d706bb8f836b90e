import { type Decision, isRefused } from '@encaisse/kernel';

/** What is fixed about a kind of problem; `docs/errors.md` lists them all. */
export type ProblemKind = { readonly status: number; readonly title: string };

/** Where the meaning of each code can be read. Relative: resolved against the product's own address. */
export const PROBLEM_TYPE_PREFIX = '/problems/';

const REGISTERED = new Map<string, ProblemKind>();

/** Declares a table of problems, so that the generated list of errors is complete. */
export function problems<Code extends string>(
  table: Readonly<Record<Code, ProblemKind>>,
): Readonly<Record<Code, ProblemKind>> {
  for (const [code, kind] of Object.entries<ProblemKind>(table)) {
    const known = REGISTERED.get(code);
    if (known && (known.status !== kind.status || known.title !== kind.title))
      throw new Error(`problem ${code} is declared twice with different meanings`);
    REGISTERED.set(code, kind);
  }
  return table;
}

/** Every declared problem, by code. */
export function declaredProblems(): ReadonlyMap<string, ProblemKind> {
  return REGISTERED;
}

/** An answer that refuses the request. Source: RFC 9457 (Problem Details for HTTP APIs). */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly kind: ProblemKind,
    readonly detail: string,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** Problems any route may answer. */
export const COMMON_PROBLEMS = problems({
  'invalid-request': { status: 400, title: 'The request breaks a rule' },
  unauthenticated: { status: 401, title: 'The caller is not known' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has an unknown type' },
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'lost-race': { status: 409, title: 'Somebody else changed it at the same moment' },
  'position-not-reached': {
    status: 503,
    title: 'The figures have not yet reached the position asked for',
  },
  unavailable: { status: 503, title: 'A part the request needs is away' },
  internal: { status: 500, title: 'Something went wrong on our side' },
});

/** What to do about a part that is away or late; a request without an id says as much when it is sent again. */
export const ASK_AGAIN = 'ask again in a moment, with the same id if the request bore one';

export type FieldError = {
  /** JSON Pointer into the body (RFC 6901), or `query/<name>`, `path/<name>`, `header/<name>`. */
  readonly pointer: string;
  readonly detail: string;
};

/** The problem of a request whose fields break rules. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const detail = errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ');
  return new Problem('invalid-request', COMMON_PROBLEMS['invalid-request'], detail, { errors });
}

/** What does not exist, and what lies outside the caller's node: one and the same answer. */
export function notFound(what: string): Problem {
  return new Problem('not-found', COMMON_PROBLEMS['not-found'], `no ${what} with this id`);
}

type RefusalWithCode = { readonly code: string };

/** The facts of an accepted decision; throws the problem of a refused one. */
export function orProblem<Event, Refusal extends RefusalWithCode>(
  decision: Decision<Event, Refusal>,
  table: Readonly<Record<Refusal['code'], ProblemKind>>,
  detailOf: (refusal: Refusal) => string = ({ code }) => code,
): readonly Event[] {
  if (!isRefused(decision)) return decision.accepted;
  throw problemOf(decision.refused, table, detailOf);
}

/** Facts of a refusal whose names RFC 9457 has taken for itself. */
const RENAMED_MEMBERS: Readonly<Record<string, string>> = {
  status: 'transactionStatus',
  type: 'transactionType',
};

/** The problem of a refusal: its members besides the code become extension members. */
export function problemOf<Refusal extends RefusalWithCode>(
  refusal: Refusal,
  table: Readonly<Record<Refusal['code'], ProblemKind>>,
  detailOf: (refusal: Refusal) => string = ({ code }) => code,
): Problem {
  const { code, ...facts } = refusal;
  const members = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [RENAMED_MEMBERS[name] ?? name, value]),
  );
  const kind = table[code as Refusal['code']];
  const detail = detailOf(refusal);
  return new Problem(code, kind, detail === code ? kind.title : detail, members);
}
