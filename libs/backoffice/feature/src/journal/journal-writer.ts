import type { SqlSession } from '@encaisse/platform/postgres';
import { CHANGING_FIELDS, columnOf, JOURNAL_COLUMNS, type JournalRow } from './journal-row';

const FIELDS = Object.keys(JOURNAL_COLUMNS) as (keyof JournalRow)[];

function recordset(fields: readonly (keyof JournalRow)[]): string {
  return fields.map((field) => `"${field}" ${JOURNAL_COLUMNS[field]}`).join(', ');
}

/** The SQL that reads a field back in the form the fold uses: instants and days as text. */
function selected(field: keyof JournalRow): string {
  const column = columnOf(field);
  switch (JOURNAL_COLUMNS[field]) {
    case 'timestamptz':
      return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${field}"`;
    case 'date':
      return `${column}::text as "${field}"`;
    default:
      return `${column} as "${field}"`;
  }
}

/** The select list of whole rows of the journal. */
export const JOURNAL_ROW_SELECTION = FIELDS.map(selected).join(', ');

const INSERT = `insert into transactions (${FIELDS.map(columnOf).join(', ')})
  select ${FIELDS.map((field) => `r."${field}"`).join(', ')}
  from json_to_recordset($1::json) as r(${recordset(FIELDS)})`;

const UPDATE = `update transactions t
  set ${CHANGING_FIELDS.map((field) => `${columnOf(field)} = r."${field}"`).join(', ')}
  from json_to_recordset($1::json) as r(${recordset(['transactionId', ...CHANGING_FIELDS])})
  where t.transaction_id = r."transactionId"`;

const LOAD = `select ${JOURNAL_ROW_SELECTION} from transactions where transaction_id = any($1::uuid[])`;

export async function loadRows(
  ids: readonly string[],
  session: SqlSession,
): Promise<Map<string, JournalRow>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<JournalRow>(LOAD, [ids]);
  return new Map(rows.map((row) => [row.transactionId, row]));
}

/** Nulls are left out: what a record does not name is null. */
function withoutNulls(_key: string, value: unknown): unknown {
  return value ?? undefined;
}

export async function insertRows(rows: readonly JournalRow[], session: SqlSession): Promise<void> {
  if (rows.length > 0) await session.query(INSERT, [JSON.stringify(rows, withoutNulls)]);
}

export async function updateRows(rows: readonly JournalRow[], session: SqlSession): Promise<void> {
  if (rows.length > 0) await session.query(UPDATE, [JSON.stringify(rows, UPDATE_KEYS)]);
}

const UPDATE_KEYS = ['transactionId', ...CHANGING_FIELDS];
