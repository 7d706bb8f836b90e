import type { SqlSession } from '@encaisse/platform/postgres';

export type ColumnType =
  | 'uuid'
  | 'uuid[]'
  | 'text'
  | 'bigint'
  | 'integer'
  | 'smallint'
  | 'boolean'
  | 'date'
  | 'timestamptz'
  | 'jsonb';

/** The SQL type of every field of a row: tables, writes and reads are made from this one list. */
export type Columns<Row> = { readonly [Field in keyof Row]-?: ColumnType };

/** `createdAt` is kept in `created_at`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The table of a read model: rows are loaded, folded in memory and written in one statement each. */
export class RowTable<Row extends object> {
  readonly fields: readonly (keyof Row & string)[];
  /** The select list of whole rows. */
  readonly selection: string;
  private readonly insertSql: string;
  private readonly updateSql: string;
  private readonly loadSql: string;
  private readonly written: readonly string[];

  /** @param changing fields that a later event may change; the others stay as first written */
  constructor(
    readonly name: string,
    private readonly columns: Columns<Row>,
    private readonly id: keyof Row & string,
    changing: readonly (keyof Row & string)[],
  ) {
    this.fields = Object.keys(columns) as (keyof Row & string)[];
    this.selection = this.fields.map((field) => this.selected(field)).join(', ');
    this.written = [id, ...changing];
    const idColumn = columnOf(id);
    this.insertSql = `insert into ${name} (${this.fields.map(columnOf).join(', ')})
      select ${this.fields.map((field) => `r."${field}"`).join(', ')}
      from json_to_recordset($1::json) as r(${this.recordset(this.fields)})`;
    this.updateSql = `update ${name} t
      set ${changing.map((field) => `${columnOf(field)} = r."${field}"`).join(', ')}
      from json_to_recordset($1::json) as r(${this.recordset([id, ...changing])})
      where t.${idColumn} = r."${id}"`;
    this.loadSql = `select ${this.selection} from ${name} where ${idColumn} = any($1::uuid[])`;
  }

  /** Column definitions, the id being the primary key. */
  ddl(required: readonly (keyof Row & string)[]): string {
    return this.fields
      .map((field) => {
        const constraint = field === this.id ? ' primary key' : '';
        const nullability = required.includes(field) ? ' not null' : '';
        return `${columnOf(field)} ${this.columns[field]}${nullability}${constraint}`;
      })
      .join(',\n  ');
  }

  async load(ids: readonly string[], session: SqlSession): Promise<Map<string, Row>> {
    if (ids.length === 0) return new Map();
    const rows = await session.query<Row>(this.loadSql, [ids]);
    return new Map(rows.map((row) => [row[this.id] as string, row]));
  }

  async insert(rows: readonly Row[], session: SqlSession): Promise<void> {
    if (rows.length > 0) await session.query(this.insertSql, [JSON.stringify(rows, withoutNulls)]);
  }

  async update(rows: readonly Row[], session: SqlSession): Promise<void> {
    if (rows.length === 0) return;
    const changes = rows.map((row) => picked(row, this.written));
    await session.query(this.updateSql, [JSON.stringify(changes)]);
  }

  private recordset(fields: readonly (keyof Row & string)[]): string {
    return fields.map((field) => `"${field}" ${this.columns[field]}`).join(', ');
  }

  /** Instants and days are read back as the texts the folds use. */
  private selected(field: keyof Row & string): string {
    const column = columnOf(field);
    switch (this.columns[field]) {
      case 'timestamptz':
        return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${field}"`;
      case 'date':
        return `${column}::text as "${field}"`;
      default:
        return `${column} as "${field}"`;
    }
  }
}

/** Nulls are left out: what a record does not name is null. */
function withoutNulls(_key: string, value: unknown): unknown {
  return value ?? undefined;
}

function picked(row: object, fields: readonly string[]): Record<string, unknown> {
  const source = row as Readonly<Record<string, unknown>>;
  const target: Record<string, unknown> = {};
  for (const field of fields) {
    const value = source[field];
    if (value !== null) target[field] = value;
  }
  return target;
}
