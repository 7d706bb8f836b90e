import { instant } from '@encaisse/kernel';
import { instantText, type SqlSession } from '@encaisse/platform/postgres';
import {
  bringBackMonthsOf,
  ensureMonths,
  monthOf,
  type PartitionedTable,
} from '@encaisse/platform/projections';

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
  /** How the table is cut by month; null when it is not. */
  readonly partitions: PartitionedTable | null;
  private readonly insertSql: string;
  private readonly updateSql: string;
  private readonly loadSql: string;
  private readonly written: readonly (keyof Row & string)[];

  /**
   * @param changing fields that a later event may change; the others stay as first written
   * @param cutBy the instant whose month a row lies in, for a table cut by month; never a changing one
   */
  constructor(
    readonly name: string,
    private readonly columns: Columns<Row>,
    private readonly id: keyof Row & string,
    changing: readonly (keyof Row & string)[],
    private readonly cutBy: (keyof Row & string) | null = null,
  ) {
    const idColumn = columnOf(id);
    this.partitions = cutBy === null ? null : { table: name, key: columnOf(cutBy), id: idColumn };
    const keys = cutBy === null ? [id] : [id, cutBy];
    this.fields = Object.keys(columns) as (keyof Row & string)[];
    this.selection = this.fields.map((field) => this.selected(field)).join(', ');
    this.written = [...keys, ...changing];
    this.insertSql = `insert into ${name} (${this.fields.map(columnOf).join(', ')})
      select ${this.fields.map((field) => `r."${field}"`).join(', ')}
      from json_to_recordset($1::json) as r(${this.recordset(this.fields)})`;
    this.updateSql = `update ${name} t
      set ${changing.map((field) => `${columnOf(field)} = r."${field}"`).join(', ')}
      from json_to_recordset($1::json) as r(${this.recordset(this.written)})
      where ${keys.map((key) => `t.${columnOf(key)} = r."${key}"`).join(' and ')}`;
    this.loadSql = `select ${this.selection} from ${name} where ${idColumn} = any($1::uuid[])`;
  }

  /**
   * The statement that creates the table; the id is its primary key. The key of a table cut by month
   * holds the instant as well: PostgreSQL knows no unique key across partitions.
   */
  createTable(required: readonly (keyof Row & string)[]): string {
    const definitions = this.fields.map((field) => {
      const nullability = required.includes(field) ? ' not null' : '';
      return `${columnOf(field)} ${this.columns[field]}${nullability}`;
    });
    const keys = this.cutBy === null ? [this.id] : [this.id, this.cutBy];
    const lines = [...definitions, `primary key (${keys.map(columnOf).join(', ')})`];
    const cut = this.cutBy === null ? '' : ` partition by range (${columnOf(this.cutBy)})`;
    return `create table ${this.name} (\n  ${lines.join(',\n  ')}\n)${cut};`;
  }

  /** The rows of these ids, wherever they lie; ids without a row are left out. */
  async load(ids: readonly string[], session: SqlSession): Promise<Map<string, Row>> {
    if (ids.length === 0) return new Map();
    const rows = await this.rowsOf(ids, session);
    if (rows.size === ids.length || this.partitions === null) return rows;
    const missing = ids.filter((id) => !rows.has(id));
    if (!(await bringBackMonthsOf(this.partitions, missing, session))) return rows;
    return this.rowsOf(ids, session);
  }

  async insert(rows: readonly Row[], session: SqlSession): Promise<void> {
    if (rows.length === 0) return;
    const { cutBy } = this;
    if (this.partitions !== null && cutBy !== null) {
      const hours = new Set(rows.map((row) => (row[cutBy] as string).slice(0, 13)));
      const months = [...hours].map((hour) => monthOf(instant(`${hour}:00:00.000Z`)));
      await ensureMonths(this.partitions, months, session);
    }
    await session.query(this.insertSql, [JSON.stringify(rows, withoutNulls)]);
  }

  async update(rows: readonly Row[], session: SqlSession): Promise<void> {
    if (rows.length === 0) return;
    const changes = rows.map((row) => picked(row, this.written));
    await session.query(this.updateSql, [JSON.stringify(changes)]);
  }

  private async rowsOf(ids: readonly string[], session: SqlSession): Promise<Map<string, Row>> {
    const rows = await session.query<Row>(this.loadSql, [ids]);
    return new Map(rows.map((row) => [row[this.id] as string, row]));
  }

  private recordset(fields: readonly (keyof Row & string)[]): string {
    return fields.map((field) => `"${field}" ${this.columns[field]}`).join(', ');
  }

  /** Instants and days are read back as the texts the folds use. */
  private selected(field: keyof Row & string): string {
    const column = columnOf(field);
    switch (this.columns[field]) {
      case 'timestamptz':
        return `${instantText(column)} as "${field}"`;
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
