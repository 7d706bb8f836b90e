import { createHash } from 'node:crypto';
import { NO_ROWS, type Execution, type Statement, textOrder } from './statements';
import { LINES_WRITES } from './lines-writes';
import type { Row } from './tables';

const WAITING = 'remittance_lines.waiting';
const MEMBERS = 'remittance_lines.members';
const REMITTANCES = 'remittance_lines.remittances';

function isSendable(row: Row): boolean {
  return row['state'] === 'to-send' || row['state'] === 'cancelled';
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
      const held = execution.session.get('platform.projections', 'remittance.lines');
      return [{ ...sums, digest: digestOf(rows), position: held?.['position'] }];
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
export const LINES_STATEMENTS: readonly Statement[] = [...LINES_WRITES, ...waiting, ...members];
