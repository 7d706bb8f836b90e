import type { ReadBatchLine, RejectedTransaction } from '@encaisse/platform/iso20022';

/** What somebody asked the simulated acquirer to do with files to come. Each is followed once. */
export type Orders = {
  readonly rejectNextFile?: boolean;
  /** Numbers of contracts whose next file is rejected. */
  readonly rejectContracts?: readonly string[];
  /** Numbers of transactions whose lines are rejected. */
  readonly rejectTransactions?: readonly string[];
  /** Order references whose lines are rejected. */
  readonly rejectOrderReferences?: readonly string[];
  readonly reason?: string;
};

const REASON = 'Refused on demand';

/** Keeps what was asked for until a file or a line meets it. */
export class OrderBook {
  private nextFile: string | null = null;
  private readonly contracts = new Map<string, string>();
  private readonly transactions = new Map<string, string>();
  private readonly references = new Map<string, string>();

  add({ reason = REASON, ...orders }: Orders): void {
    if (orders.rejectNextFile === true) this.nextFile = reason;
    for (const contract of orders.rejectContracts ?? []) this.contracts.set(contract, reason);
    for (const number of orders.rejectTransactions ?? []) this.transactions.set(number, reason);
    for (const text of orders.rejectOrderReferences ?? []) this.references.set(text, reason);
  }

  forget(): void {
    this.nextFile = null;
    this.contracts.clear();
    this.transactions.clear();
    this.references.clear();
  }

  /** Why the file of a contract is rejected; null when it is not. */
  fileReason(contract: string): string | null {
    const reason = this.nextFile ?? this.contracts.get(contract) ?? null;
    if (this.nextFile !== null) this.nextFile = null;
    else this.contracts.delete(contract);
    return reason;
  }

  /** The line's rejection; null when it is taken. */
  rejectionOf(line: ReadBatchLine): RejectedTransaction | null {
    const { sequence, transactionNumber, transactionAt, orderReference } = line;
    const reason =
      this.transactions.get(transactionNumber) ??
      (orderReference === null ? undefined : this.references.get(orderReference));
    return reason === undefined ? null : { sequence, transactionNumber, transactionAt, reason };
  }

  /** The lines rejected were answered: those orders are followed. */
  followed(lines: readonly ReadBatchLine[]): void {
    for (const { transactionNumber, orderReference } of lines) {
      this.transactions.delete(transactionNumber);
      if (orderReference !== null) this.references.delete(orderReference);
    }
  }
}
