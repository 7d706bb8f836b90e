import { instantOfEpochMillis } from '@encaisse/kernel';
import { batchResponseXml, type RejectedTransaction } from '@encaisse/platform/iso20022';
import type { Chance } from './chance';
import type { SimulatedFolders } from './file-drop';
import type { Machine } from './machine';

const FILE = /^out\/(.+)\.(\d+)\.(csv|caaa011\.xml)$/;

/** A remittance as the bank found it in its folder. */
export type FoundRemittance = {
  readonly number: string;
  readonly attempt: string;
  readonly lines: readonly Readonly<Record<string, string>>[];
};

/** The bank at the other end of the folders: it answers every file some hours later. */
export class SimulatedBank {
  onRejected: (remittanceNumber: string) => void = () => undefined;
  onFound: (remittance: FoundRemittance) => void = () => undefined;
  onContradiction: (path: string) => void = () => undefined;
  private readonly seen = new Map<string, string>();
  private isClosed = false;

  constructor(
    private readonly machine: Machine,
    private readonly folders: SimulatedFolders,
    private readonly chance: Chance,
  ) {
    folders.onWritten = (path, content) => this.look(path, content);
  }

  /** What was not answered stays so: the trade is over. */
  close(): void {
    this.isClosed = true;
  }

  private look(path: string, content: string): void {
    const [, number, attempt, format] = FILE.exec(path) ?? [];
    if (number === undefined || attempt === undefined) return;
    const before = this.seen.get(path);
    if (before !== undefined && before !== content) this.onContradiction(path);
    this.seen.set(path, content);
    if (format === 'csv' || before !== undefined) return;
    const csv = this.seen.get(`out/${number}.${attempt}.csv`);
    if (csv === undefined) return this.onContradiction(`${path} without its csv`);
    const remittance = { number, attempt, lines: linesOf(csv) };
    this.onFound(remittance);
    const hours = this.chance.spread(0.01, 48);
    this.machine.atWall(this.machine.wall + hours * 3_600_000, () => this.answer(remittance));
  }

  private answer({ number, attempt, lines }: FoundRemittance): void {
    if (this.isClosed) return;
    const { chance } = this;
    const isRefused = attempt === '1' && chance.happens(0.08);
    const rejected: RejectedTransaction[] = lines
      .map((line) => ({
        sequence: Number(line['line']),
        transactionNumber: line['transaction']!,
        transactionAt: line['transaction_at']!,
        reason: 'account closed',
      }))
      .filter(() => !isRefused && chance.happens(0.04));
    const result = isRefused ? 'DECL' : rejected.length > 0 ? 'PART' : 'APPR';
    const createdAt = instantOfEpochMillis(this.machine.wall);
    const xml = batchResponseXml({
      exchangeId: 1,
      createdAt,
      acceptorId: 'acceptor',
      acquirerId: 'acquirer',
      dataSet: {
        name: number,
        version: attempt,
        createdAt,
        result,
        reason: isRefused ? 'refused file' : null,
        totals: [],
        rejected,
      },
    });
    this.folders.put(`in/${number}.${attempt}.caaa012.xml`, xml);
    if (isRefused) this.onRejected(number);
  }
}

/** Lines of a remittance csv; the simulated trade writes nothing that needs quotes. */
function linesOf(csv: string): Record<string, string>[] {
  const [head, ...lines] = csv.split('\r\n').filter((line) => line !== '');
  const names = head!.split(';');
  return lines.map((line) => {
    const cells = line.split(';');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}
