import type { Row, Transaction } from './tables';

/** What a statement is told besides its parameters. */
export type Execution = {
  readonly session: Transaction;
  readonly parameters: readonly unknown[];
  readonly sql: string;
  /** The server's own clock for leases, milliseconds; it stands still while the machine is suspended. */
  readonly leaseClock: number;
};

/** One statement of the product, as the simulated server carries it out. */
export type Statement = {
  /** Matched against the text with single blanks between words. */
  readonly pattern: RegExp;
  /** Row locks held to the end of the transaction, in this order. */
  locks?(this: void, execution: Execution): readonly string[];
  run(this: void, execution: Execution): readonly Row[];
};

/** The text of an unknown statement: somebody changed SQL, and the simulation must follow. */
export class UnknownStatement extends Error {
  constructor(sql: string) {
    super(`the simulated server does not know this statement: ${sql}`);
  }
}

export const NO_ROWS: readonly Row[] = [];

/** Finds statements by their text; each text is looked for once. */
export class StatementBook {
  private readonly known = new Map<string, Statement>();

  constructor(private readonly statements: readonly Statement[]) {}

  find(sql: string): Statement {
    const known = this.known.get(sql);
    if (known) return known;
    const text = sql.replace(/\s+/g, ' ').trim();
    const statement = this.statements.find(({ pattern }) => pattern.test(text));
    if (!statement) throw new UnknownStatement(text);
    this.known.set(sql, statement);
    return statement;
  }
}

/** Order of texts as the server's uuid and "C" collations have it. */
export function textOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
