import { Injectable } from '@nestjs/common';
import type { BusinessDay, Currency } from '@encaisse/kernel';
import { Database } from '@encaisse/platform/postgres';
import type { RemittanceOpening } from '@encaisse/remittance/contract';
import type { LineSums } from '@encaisse/remittance/domain';
import { LINE_COLUMN_LIST, LINES_SCHEMA } from './tables';
import type { LineFacts, WaitingRow } from './waiting-row';

/** What one remittance is about: everything but its identity (REM-02). */
export type RemittanceSubject = Pick<
  RemittanceOpening,
  | 'environment'
  | 'shopId'
  | 'contractId'
  | 'contractNumber'
  | 'rank'
  | 'paymentMeans'
  | 'currency'
  | 'acquirer'
>;

/** Which waiting transactions belong in a remittance. */
export type Selection = Pick<RemittanceSubject, 'contractId' | 'rank' | 'paymentMeans'> & {
  readonly currency: Currency;
  readonly cutOff: BusinessDay;
  readonly sendingId: string | null;
};

/** A transaction that waits, as far as sending it needs. */
export type Candidate = Pick<WaitingRow, 'transaction_id' | 'version' | 'state'>;

/** A transaction in a remittance, with what its lines say. */
export type Member = LineFacts;

/** What a remittance adds up to, as of a position of the log. */
export type RemittanceSums = {
  readonly sums: LineSums;
  readonly linesDigest: string;
  readonly position: number;
};

/** A remittance as it is found again. */
export type ListedRemittance = {
  readonly remittanceId: string;
  readonly number: string;
  readonly environment: string;
  readonly shopId: string;
  readonly contractId: string;
  readonly phase: string;
};

const WAITING = `${LINES_SCHEMA}.waiting`;
const MEMBERS = `${LINES_SCHEMA}.members`;
const REMITTANCES = `${LINES_SCHEMA}.remittances`;

const SUBJECT = `environment, shop_id as "shopId", contract_id as "contractId",
  contract_number as "contractNumber", rank, payment_means as "paymentMeans", currency, acquirer`;
const SUBJECT_GROUP = `environment, shop_id, contract_id, contract_number, rank, payment_means,
  currency, acquirer`;
const LISTED = `remittance_id as "remittanceId", number, environment, shop_id as "shopId",
  contract_id as "contractId", phase`;
const IS_SENDABLE = "state in ('to-send', 'cancelled')";

/** Questions about what waits and what was remitted. */
@Injectable()
export class RemittanceLines {
  constructor(private readonly database: Database) {}

  /** Everything due at a contract up to a day, one subject per remittance to make. */
  async dueSubjects(contractId: string, cutOff: BusinessDay): Promise<RemittanceSubject[]> {
    return this.database.query<RemittanceSubject>(
      `select ${SUBJECT} from ${WAITING}
       where ${IS_SENDABLE} and contract_id = $1 and planned_date <= $2
       group by ${SUBJECT_GROUP} order by currency, payment_means, rank`,
      [contractId, cutOff],
    );
  }

  /** The contracts where something is due up to a day. */
  async dueContracts(cutOff: BusinessDay): Promise<string[]> {
    const rows = await this.database.query<{ contract_id: string }>(
      `select distinct contract_id from ${WAITING}
       where ${IS_SENDABLE} and planned_date <= $1 order by contract_id`,
      [cutOff],
    );
    return rows.map(({ contract_id }) => contract_id);
  }

  /** What a manual sending asks for, one subject per remittance to make. */
  async requestedSubjects(sendingId: string): Promise<RemittanceSubject[]> {
    return this.database.query<RemittanceSubject>(
      `select ${SUBJECT} from ${WAITING} where ${IS_SENDABLE} and sending_id = $1
       group by ${SUBJECT_GROUP} order by contract_id, currency, payment_means, rank`,
      [sendingId],
    );
  }

  /** The manual sendings that are not carried out yet. */
  async requestedSendings(): Promise<string[]> {
    const rows = await this.database.query<{ sending_id: string }>(
      `select distinct sending_id from ${WAITING} where sending_id is not null order by sending_id`,
    );
    return rows.map(({ sending_id }) => sending_id);
  }

  /** Transactions that belong in a remittance, after an id, in the order of ids. */
  async candidates(selection: Selection, after: string, limit: number): Promise<Candidate[]> {
    const { contractId, rank, paymentMeans, currency, cutOff, sendingId } = selection;
    const which = sendingId === null ? 'planned_date <= $5' : 'sending_id = $5';
    return this.database.query<Candidate>(
      `select transaction_id, version, state from ${WAITING}
       where ${IS_SENDABLE} and contract_id = $1 and rank = $2 and payment_means = $3
         and currency = $4 and ${which} and transaction_id > $6
       order by transaction_id limit $7`,
      [contractId, rank, paymentMeans, currency, sendingId ?? cutOff, after, limit],
    );
  }

  /**
   * What the lines of a remittance add up to, with the digest of `digestedLine` and the checkpoint the
   * lines have in the same snapshot.
   */
  async sums(remittanceId: string): Promise<RemittanceSums> {
    const line = (kind: string) =>
      `transaction_id || '|${kind}|' || amount_minor || '|' || currency || E'\\n'`;
    const [row] = await this.database.query<Record<string, number> & { digest: string }>(
      `select
         count(*) filter (where kind <> 'REFUND') as debits,
         coalesce(sum(amount_minor) filter (where kind <> 'REFUND'), 0) as debit_minor,
         count(*) filter (where kind = 'REFUND') as refunds,
         coalesce(sum(amount_minor) filter (where kind = 'REFUND'), 0) as refund_minor,
         count(*) filter (where kind = 'CANCELLATION') as cancellations,
         coalesce(sum(amount_minor) filter (where kind = 'CANCELLATION'), 0) as cancelled_minor,
         encode(sha256(convert_to(coalesce(string_agg(
           case kind when 'CANCELLATION' then ${line('DEBIT')} || ${line('CANCELLATION')}
             when 'REFUND' then ${line('REFUND')} else ${line('DEBIT')} end,
           '' order by transaction_id), ''), 'UTF8')), 'hex') as digest,
         (select position from platform.projections where name = 'remittance.lines') as position
       from ${MEMBERS} where remittance_id = $1`,
      [remittanceId],
    );
    const sum = (count: string, minor: string) => ({
      count: row?.[count] ?? 0,
      minor: row?.[minor] ?? 0,
    });
    return {
      sums: {
        debits: sum('debits', 'debit_minor'),
        refunds: sum('refunds', 'refund_minor'),
        cancellations: sum('cancellations', 'cancelled_minor'),
      },
      linesDigest: row?.digest ?? '',
      position: row?.['position'] ?? 0,
    };
  }

  /** Transactions of a remittance after an id, in the order of ids, which is that of its lines. */
  async members(remittanceId: string, after: string, limit: number): Promise<Member[]> {
    return this.database.transaction(async (session) => {
      // Lines that came this evening are in no statistics: taken for few, they would all be sorted for each page.
      await session.query('set local enable_sort to off');
      return session.query<Member>(
        `select ${LINE_COLUMN_LIST} from ${MEMBERS}
         where remittance_id = $1 and transaction_id > $2 order by transaction_id limit $3`,
        [remittanceId, after, limit],
      );
    });
  }

  /** Transactions of a remittance by their number. */
  async membersNumbered(remittanceId: string, numbers: readonly string[]): Promise<Member[]> {
    return this.database.query<Member>(
      `select ${LINE_COLUMN_LIST} from ${MEMBERS}
       where remittance_id = $1 and transaction_number = any($2)`,
      [remittanceId, numbers],
    );
  }

  /** Remittances whose making or sending was not finished, oldest first. */
  async unfinished(): Promise<ListedRemittance[]> {
    return this.database.query<ListedRemittance>(
      `select ${LISTED} from ${REMITTANCES} where phase in ('assigned', 'open', 'to-send')
       order by assigned_position`,
    );
  }

  async remittance(remittanceId: string): Promise<ListedRemittance | null> {
    const [row] = await this.database.query<ListedRemittance>(
      `select ${LISTED} from ${REMITTANCES} where remittance_id = $1`,
      [remittanceId],
    );
    return row ?? null;
  }

  /** The remittance of a number; the abandoned one that held it before does not count. */
  async remittanceNumbered(number: string): Promise<ListedRemittance | null> {
    const [row] = await this.database.query<ListedRemittance>(
      `select ${LISTED} from ${REMITTANCES} where number = $1 and phase <> 'abandoned'`,
      [number],
    );
    return row ?? null;
  }
}
