import { NO_ROWS, type Statement } from './statements';
import type { Row } from './tables';

/** What differs between the row that is there and the one that comes: the others stay as they are. */
const CHANGING = [
  'version',
  'state',
  'kind',
  'amount_minor',
  'planned_date',
  'sending_id',
  'authorization_number',
];

function picked(row: Row, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

/** Columns of `insert into <table> (…)`, as the statement lists them. */
function insertedColumns(sql: string, table: string): string[] {
  const list = new RegExp(`insert into ${table} \\(([^)]*)\\)`).exec(sql)?.[1] ?? '';
  return list.split(',').map((column) => column.trim());
}

/** What the projection writes. */
export const LINES_WRITES: readonly Statement[] = [
  {
    pattern: /^select \* from waiting where transaction_id = any/,
    run: ({ session, parameters }) =>
      (parameters[0] as string[])
        .map((id) => session.get('waiting', id))
        .filter((row): row is Row => row !== undefined),
  },
  {
    pattern: /^insert into waiting select \* from jsonb_populate_recordset/,
    run({ session, parameters }) {
      for (const row of JSON.parse(parameters[0] as string) as Row[]) {
        const id = row['transaction_id'] as string;
        const before = session.get('waiting', id);
        session.put('waiting', id, before ? { ...before, ...picked(row, CHANGING) } : row);
      }
      return NO_ROWS;
    },
  },
  {
    pattern: /^delete from waiting where transaction_id = any/,
    run({ session, parameters }) {
      for (const id of parameters[0] as string[]) session.remove('waiting', id);
      return NO_ROWS;
    },
  },
  {
    pattern: /^with sent as \( delete from waiting using unnest/,
    run({ session, parameters, sql }) {
      const [ids, remittanceIds] = parameters as [string[], string[]];
      const columns = insertedColumns(sql, 'members').filter((name) => name !== 'remittance_id');
      return ids.flatMap((id, index) => {
        const row = session.get('waiting', id);
        if (!row) return [];
        session.remove('waiting', id);
        const remittance_id = remittanceIds[index]!;
        const member = { ...picked(row, columns), remittance_id, is_rejected: false };
        session.insert('members', `${remittance_id}/${id}`, member);
        return [{}];
      });
    },
  },
  {
    pattern: /^with rejected as \( update members set is_rejected = true/,
    run({ session, parameters, sql }) {
      const [remittanceId, id, version] = parameters as [string, string, number];
      const member = session.get('members', `${remittanceId}/${id}`);
      if (!member) return NO_ROWS;
      session.put('members', `${remittanceId}/${id}`, { ...member, is_rejected: true });
      const columns = insertedColumns(sql, 'waiting');
      const row = {
        ...picked(member, columns),
        version,
        state: 'set-aside',
        authorization_only: false,
        planned_date: null,
        sending_id: null,
      };
      session.insert('waiting', id, row);
      return NO_ROWS;
    },
  },
  {
    pattern: /^insert into remittances \(remittance_id, number, environment, shop_id, contract_id/,
    run({ session, parameters }) {
      const [remittance_id, number, environment, shop_id, contract_id, assigned_position] =
        parameters;
      const row = { remittance_id, number, environment, shop_id, contract_id, assigned_position };
      session.insert('remittances', remittance_id as string, { ...row, phase: 'assigned' });
      return NO_ROWS;
    },
  },
  {
    pattern: /^update remittances set phase = \$2 where remittance_id = \$1$/,
    run({ session, parameters }) {
      const row = session.get('remittances', parameters[0] as string);
      if (row)
        session.put('remittances', parameters[0] as string, { ...row, phase: parameters[1] });
      return NO_ROWS;
    },
  },
];
