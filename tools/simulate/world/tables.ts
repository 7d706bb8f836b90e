/** A row, by column name. Rows are never changed in place. */
export type Row = Readonly<Record<string, unknown>>;

/** The tables of the simulated server: rows by table and key, as committed. */
export type Tables = Map<string, Map<string, Row>>;

/** An error with what pg puts on those of the server. */
export function serverError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, severity: 'ERROR' });
}

type Change = { readonly table: string; readonly key: string; readonly row: Row | null };

/** What takes a commit back, newest first. */
export type Undo = readonly Change[];

/**
 * What one session sees and changes: committed rows of others, its own rows before they are committed.
 * A session without a transaction commits each statement.
 */
export class Transaction {
  /** Schema of unqualified names, once `search_path` is set. */
  schema = '';
  isAsynchronous = false;
  isBroken = false;
  isEnded = false;
  readonly locks = new Set<string>();
  private readonly changes = new Map<string, Map<string, Row | null>>();

  constructor(
    private readonly tables: Tables,
    readonly isImplicit: boolean,
  ) {}

  get(table: string, key: string): Row | undefined {
    const name = this.nameOf(table);
    const changed = this.changes.get(name)?.get(key);
    if (changed !== undefined) return changed ?? undefined;
    return this.tables.get(name)?.get(key);
  }

  all(table: string): Row[] {
    const name = this.nameOf(table);
    const committed = this.tables.get(name);
    const changes = this.changes.get(name);
    if (changes === undefined) return committed === undefined ? [] : [...committed.values()];
    const rows: Row[] = [];
    for (const [key, row] of committed ?? []) if (!changes.has(key)) rows.push(row);
    for (const row of changes.values()) if (row !== null) rows.push(row);
    return rows;
  }

  put(table: string, key: string, row: Row): void {
    this.change(table, key, row);
  }

  /** Throws unique_violation when the key is taken. */
  insert(table: string, key: string, row: Row): void {
    if (this.get(table, key) !== undefined)
      throw serverError('23505', `duplicate key value violates unique constraint of ${table}`);
    this.change(table, key, row);
  }

  remove(table: string, key: string): void {
    this.change(table, key, null);
  }

  /** Removes every row of a schema. */
  dropSchema(schema: string): void {
    for (const table of this.tables.keys())
      if (table.startsWith(`${schema}.`))
        for (const key of this.tables.get(table)!.keys()) this.remove(table, key);
  }

  /** Moves the committed rows of a schema to another one. */
  renameSchema(from: string, to: string): void {
    for (const [table, rows] of this.tables) {
      if (!table.startsWith(`${from}.`)) continue;
      const renamed = `${to}${table.slice(from.length)}`;
      for (const [key, row] of rows) {
        this.put(renamed, key, row);
        this.remove(table, key);
      }
    }
  }

  get hasChanges(): boolean {
    return this.changes.size > 0;
  }

  /** Makes the changes everyone's. Returns what takes them back. */
  apply(): Undo {
    const undo: Change[] = [];
    for (const [table, rows] of this.changes) {
      let committed = this.tables.get(table);
      if (!committed) this.tables.set(table, (committed = new Map<string, Row>()));
      for (const [key, row] of rows) {
        undo.push({ table, key, row: committed.get(key) ?? null });
        if (row === null) committed.delete(key);
        else committed.set(key, row);
      }
    }
    this.changes.clear();
    return undo.reverse();
  }

  private change(table: string, key: string, row: Row | null): void {
    const name = this.nameOf(table);
    let rows = this.changes.get(name);
    if (!rows) this.changes.set(name, (rows = new Map<string, Row | null>()));
    rows.set(key, row);
  }

  private nameOf(table: string): string {
    return table.includes('.') ? table : `${this.schema}.${table}`;
  }
}

export function takeBack(tables: Tables, undo: Undo): void {
  for (const { table, key, row } of undo) {
    const rows = tables.get(table);
    if (row === null) rows?.delete(key);
    else rows?.set(key, row);
  }
}
