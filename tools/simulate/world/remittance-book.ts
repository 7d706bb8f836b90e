import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { FoundRemittance } from './bank';
import { hold } from './findings';
import type { Entry } from './ledger-book';

type Data = Readonly<Record<string, unknown>>;
type Total = { readonly count: number; readonly amount: { readonly minor: number } };

type Remittance = {
  readonly id: string;
  readonly number: string;
  readonly contractId: string;
  readonly members: Entry[];
  state: 'open' | 'built' | 'sent' | 'abandoned' | 'answered';
  lineCount: number;
};

/** Remittances as the simulation's own book adds them up. */
export class RemittanceBook {
  readonly remittances = new Map<string, Remittance>();
  readonly byNumber = new Map<string, Remittance>();
  private readonly lastNumber = new Map<string, number>();

  /** A transaction says which remittance it is in. */
  addMember(remittanceId: string, entry: Entry): void {
    const remittance = this.remittances.get(remittanceId);
    hold(remittance !== undefined, 'M6', () => `${entry.id} is in ${remittanceId}, never opened`);
    const { state, contractId, members } = remittance!;
    hold(state === 'open', 'M6', () => `${entry.id} joins ${remittanceId}, which is ${state}`);
    hold(contractId === entry.contractId, 'M6', () => `${entry.id} is of another contract`);
    members.push(entry);
  }

  read({ type, data: raw }: RecordedEvent): void {
    const data = raw as Data;
    const id = data['remittanceId'] as string;
    if (type === 'RemittanceNumberAssigned') return this.open(id, data);
    if (type === 'RemittanceNumberUsed') {
      const { contractId } = this.remittances.get(id)!;
      this.lastNumber.set(contractId, (this.lastNumber.get(contractId) ?? 0) + 1);
      return;
    }
    const remittance = this.remittances.get(id);
    if (!remittance) return;
    switch (type) {
      case 'RemittanceBuilt':
        return this.build(remittance, data);
      case 'RemittanceAbandoned':
        hold(remittance.members.length === 0, 'M6', () => `${id} is abandoned with members`);
        remittance.state = 'abandoned';
        this.byNumber.delete(remittance.number);
        return;
      case 'RemittanceSent':
        hold(remittance.state !== 'open', 'M6', () => `${id} is sent before it is built`);
        remittance.state = 'sent';
        return;
      case 'RemittanceAccepted':
        checkRejected(remittance, data);
        remittance.state = 'answered';
        return;
      case 'RemittanceRejected':
        hold(remittance.state === 'sent', 'M6', () => `${id} is answered as ${remittance.state}`);
        remittance.state = 'answered';
        return;
      default:
    }
  }

  /** What lies in the bank's folder is what was built. */
  checkFound({ number, lines }: FoundRemittance): void {
    const remittance = this.byNumber.get(number);
    const state = remittance?.state ?? 'unknown';
    hold(state !== 'unknown' && state !== 'open', 'M6', () => `the bank finds ${number}, ${state}`);
    const { lineCount } = remittance!;
    hold(
      lines.length === lineCount,
      'M6',
      () => `${number} has ${lines.length} lines of ${lineCount}`,
    );
  }

  /** Remittances that are begun and not at their end. */
  get unfinished(): readonly Remittance[] {
    return [...this.remittances.values()].filter(
      ({ state }) => state === 'open' || state === 'built',
    );
  }

  private open(id: string, data: Data): void {
    const number = data['number'] as string;
    const contractId = data['contractId'] as string;
    const expected = (this.lastNumber.get(contractId) ?? 0) + 1;
    hold(data['sequence'] === expected, 'M6', () => `${number} is not the number after the last`);
    hold(!this.byNumber.has(number), 'M6', () => `two remittances are named ${number}`);
    const remittance: Remittance = {
      id,
      number,
      contractId,
      members: [],
      state: 'open',
      lineCount: 0,
    };
    this.remittances.set(id, remittance);
    this.byNumber.set(number, remittance);
  }

  private build(remittance: Remittance, data: Data): void {
    const { id, members } = remittance;
    hold(remittance.state === 'open', 'M6', () => `${id} is built twice`);
    const sum = (isOf: (entry: Entry) => boolean): [number, number] => {
      const some = members.filter(isOf);
      return [some.length, some.reduce((total, entry) => total + amountOf(entry), 0)];
    };
    const same = (total: unknown, [count, minor]: [number, number], what: string): void => {
      const { count: saidCount, amount } = total as Total;
      const isSame = saidCount === count && amount.minor === minor;
      hold(
        isSame,
        'M6',
        () => `${what} of ${id}: ${saidCount}/${amount.minor}, members ${count}/${minor}`,
      );
    };
    same(
      data['debits'],
      sum(({ type }) => type !== 'REFUND'),
      'debits',
    );
    same(
      data['credits'],
      sum(({ type }) => type !== 'DEBIT'),
      'credits',
    );
    same(
      data['refunds'],
      sum(({ type }) => type === 'REFUND'),
      'refunds',
    );
    const [debits, debitMinor] = sum(({ type }) => type !== 'REFUND');
    const [credits, creditMinor] = sum(({ type }) => type !== 'DEBIT');
    const total = (data['total'] as { minor: number }).minor;
    hold(total === debitMinor - creditMinor, 'M6', () => `total of ${id} is ${total}`);
    hold(data['lineCount'] === debits + credits, 'M6', () => `lines of ${id}`);
    remittance.lineCount = debits + credits;
    remittance.state = 'built';
  }
}

/** A line the bank rejected is out of the remittance before the remittance says so. */
function checkRejected({ id, state, members }: Remittance, data: Data): void {
  hold(state === 'sent', 'M6', () => `${id} is accepted as ${state}`);
  const lines = data['rejectedLines'] as readonly { transactionId: string; type: string }[];
  for (const { transactionId, type } of lines) {
    const member = members.find((entry) => entry.id === transactionId);
    const line = member?.remittances.find((remittance) => remittance.id === id);
    const isOut = line?.isRejected === true || type === 'CANCELLATION';
    hold(isOut, 'M6', () => `the rejected line ${transactionId} still counts in ${id}`);
  }
}

function amountOf(entry: Entry): number {
  return entry.isRefund ? entry.amount.minor : entry.debitedMinor;
}
