import { Injectable } from '@nestjs/common';
import type { Instant } from '@encaisse/kernel';
import type { DirectoryContract } from '@encaisse/merchant-onboarding/contract';
import { Database, instantText } from '@encaisse/platform/postgres';
import { REMITTANCES } from '../remittances/remittance-queries';
import { TRANSACTIONS } from '../transactions/transaction-queries';

/** When a contract was last used; null where it never was, or not within the months that are searched. */
export type ContractActivity = {
  /** CONT-04. */
  readonly lastAuthorizationAt: Instant | null;
  /** CONT-06. */
  readonly lastTelecollectionAt: Instant | null;
};

/** Reads the last use of contracts from the journal and the remittances. */
@Injectable()
export class ContractActivities {
  constructor(private readonly database: Database) {}

  async of({ contractId, contractNumber }: DirectoryContract): Promise<ContractActivity> {
    const latest = async (table: string, column: string, condition: string) => {
      const [row] = await this.database.query<{ at: Instant }>(
        `select ${instantText(column)} as at from ${table}
         where contract_number = $1 and contract_id = $2 and ${condition}
         order by created_at desc limit 1`,
        [contractNumber, contractId],
      );
      return row?.at ?? null;
    };
    const [lastAuthorizationAt, lastTelecollectionAt] = await Promise.all([
      latest(TRANSACTIONS, 'authorized_at', 'authorized_at is not null'),
      latest(REMITTANCES, 'sent_at', "trigger = 'telecollection' and sent_at is not null"),
    ]);
    return { lastAuthorizationAt, lastTelecollectionAt };
  }
}
