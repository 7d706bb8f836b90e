import { createHash } from 'node:crypto';
import { NO_ROWS, type Execution, type Statement, textOrder } from './statements';
import type { Row } from './tables';

const WAITING = 'remittance_lines.waiting';
const MEMBERS = 'remittance_lines.members';
const REMITTANCES = 'remittance_lines.remittances';

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

function isSendable(row: Row): boolean {
  return row['state'] === 'to-send' || row['state'] === 'cancelled';
}

function picked(row: Row, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

/** Columns of `insert into <table> (…)`, as the statement lists them. */
function insertedColumns(sql: string, table: string): string[] {
  const list = new RegExp(`insert into ${table} \\(([^)]*)\\)`).exec(sql)?.[1] ?? '';
  return list.split(',').map((column) => column.trim());
}

const SUBJECT = {
  environment: 'environment',
  shopId: 'shop_id',
  contractId: 'contract_id',
  contractNumber: 'contract_number',
  rank: 'rank',
  paymentMeans: 'payment_means',
  currency: 'currency',
  acquirer: 'acquirer',
} as const;

function subjects(rows: readonly Row[], order: readonly (keyof typeof SUBJECT)[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const subject = Object.fromEntries(
      Object.entries(SUBJECT).map(([name, column]) => [name, row[column]]),
    );
    found.set(JSON.stringify(subject), subject);
  }
  const keyOf = (row: Row) => order.map((name) => row[name] as string).join(' ');
  return [...found.values()].sort((one, other) => textOrder(keyOf(one), keyOf(other)));
}

function listed(row: Row): Row {
  return {
    remittanceId: row['remittance_id'],
    number: row['number'],
    environment: row['environment'],
    shopId: row['shop_id'],
    contractId: row['contract_id'],
    phase: row['phase'],
  };
}

function waitingRows({ session }: Execution): Row[] {
  return session.all(WAITING).filter(isSendable);
}

function membersOf({ session, parameters }: Execution): Row[] {
  return session
    .all(MEMBERS)
    .filter((row) => row['remittance_id'] === parameters[0])
    .sort((one, other) =>
      textOrder(one['transaction_id'] as string, other['transaction_id'] as string),
    );
}

/** What the projection writes. */
const writes: readonly Statement[] = [
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

/** What is asked of what waits. */
const waiting: readonly Statement[] = [
  {
    pattern: /^select environment, shop_id as "shopId".* and contract_id = \$1 and planned_date <=/,
    run(execution) {
      const [contractId, cutOff] = execution.parameters as [string, string];
      const rows = waitingRows(execution).filter(
        (row) =>
          row['contract_id'] === contractId &&
          row['planned_date'] !== null &&
          (row['planned_date'] as string) <= cutOff,
      );
      return subjects(rows, ['currency', 'paymentMeans', 'rank']);
    },
  },
  {
    pattern:
      /^select distinct contract_id from remittance_lines\.waiting .* and planned_date <= \$1/,
    run(execution) {
      const cutOff = execution.parameters[0] as string;
      const due = waitingRows(execution).filter(
        (row) => row['planned_date'] !== null && (row['planned_date'] as string) <= cutOff,
      );
      const ids = [...new Set(due.map((row) => row['contract_id'] as string))].sort(textOrder);
      return ids.map((contract_id) => ({ contract_id }));
    },
  },
  {
    pattern: /^select environment, shop_id as "shopId".* and sending_id = \$1 group by/,
    run(execution) {
      const rows = waitingRows(execution).filter(
        (row) => row['sending_id'] === execution.parameters[0],
      );
      return subjects(rows, ['contractId', 'currency', 'paymentMeans', 'rank']);
    },
  },
  {
    pattern:
      /^select distinct sending_id from remittance_lines\.waiting where sending_id is not null/,
    run: ({ session }) =>
      [...new Set(session.all(WAITING).map((row) => row['sending_id'] as string | null))]
        .filter((id): id is string => id !== null)
        .sort(textOrder)
        .map((sending_id) => ({ sending_id })),
  },
  {
    pattern: /^select transaction_id, version, state from remittance_lines\.waiting/,
    run(execution) {
      const [contractId, rank, means, currency, fifth, after, limit] = execution.parameters as [
        string,
        string,
        string,
        string,
        string,
        string,
        number,
      ];
      const isOfSending = execution.sql.includes('sending_id = $5');
      return waitingRows(execution)
        .filter(
          (row) =>
            row['contract_id'] === contractId &&
            row['rank'] === rank &&
            row['payment_means'] === means &&
            row['currency'] === currency &&
            (row['transaction_id'] as string) > after &&
            (isOfSending
              ? row['sending_id'] === fifth
              : row['planned_date'] !== null && (row['planned_date'] as string) <= fifth),
        )
        .sort((one, other) =>
          textOrder(one['transaction_id'] as string, other['transaction_id'] as string),
        )
        .slice(0, limit);
    },
  },
];

function sumOf(rows: readonly Row[], isOf: (kind: unknown) => boolean): [number, number] {
  const members = rows.filter((row) => isOf(row['kind']));
  return [members.length, members.reduce((sum, row) => sum + (row['amount_minor'] as number), 0)];
}

function digestOf(rows: readonly Row[]): string {
  const digest = createHash('sha256');
  for (const row of rows) {
    const line = (kind: string) =>
      digest.update(
        `${row['transaction_id'] as string}|${kind}|${row['amount_minor'] as number}|${row['currency'] as string}\n`,
      );
    if (row['kind'] !== 'REFUND') line('DEBIT');
    if (row['kind'] !== 'DEBIT') line(row['kind'] as string);
  }
  return digest.digest('hex');
}

/** What is asked of remittances and their lines. */
const members: readonly Statement[] = [
  {
    pattern: /^select count\(\*\) filter \(where kind <> 'REFUND'\) as debits/,
    run(execution) {
      const rows = membersOf(execution);
      const [debits, debit_minor] = sumOf(rows, (kind) => kind !== 'REFUND');
      const [refunds, refund_minor] = sumOf(rows, (kind) => kind === 'REFUND');
      const [cancellations, cancelled_minor] = sumOf(rows, (kind) => kind === 'CANCELLATION');
      const sums = { debits, debit_minor, refunds, refund_minor, cancellations, cancelled_minor };
      return [{ ...sums, digest: digestOf(rows) }];
    },
  },
  {
    pattern: /from remittance_lines\.members where remittance_id = \$1 and transaction_id > \$2/,
    run(execution) {
      const [, after, limit] = execution.parameters as [string, string, number];
      return membersOf(execution)
        .filter((row) => (row['transaction_id'] as string) > after)
        .slice(0, limit);
    },
  },
  {
    pattern:
      /from remittance_lines\.members where remittance_id = \$1 and transaction_number = any/,
    run(execution) {
      const numbers = execution.parameters[1] as string[];
      return membersOf(execution).filter((row) =>
        numbers.includes(row['transaction_number'] as string),
      );
    },
  },
  {
    pattern: /from remittance_lines\.remittances where phase in \('assigned', 'open', 'to-send'\)/,
    run: ({ session }) =>
      session
        .all(REMITTANCES)
        .filter((row) => ['assigned', 'open', 'to-send'].includes(row['phase'] as string))
        .sort(
          (one, other) =>
            (one['assigned_position'] as number) - (other['assigned_position'] as number),
        )
        .map(listed),
  },
  {
    pattern: /from remittance_lines\.remittances where remittance_id = \$1$/,
    run({ session, parameters }) {
      const row = session.get(REMITTANCES, parameters[0] as string);
      return row ? [listed(row)] : NO_ROWS;
    },
  },
  {
    pattern: /from remittance_lines\.remittances where number = \$1 and phase <> 'abandoned'$/,
    run: ({ session, parameters }) =>
      session
        .all(REMITTANCES)
        .filter((row) => row['number'] === parameters[0] && row['phase'] !== 'abandoned')
        .map(listed),
  },
];

/** The statements of what waits for the bank and of what was remitted. */
export const LINES_STATEMENTS: readonly Statement[] = [...writes, ...waiting, ...members];
