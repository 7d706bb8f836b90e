import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { canonicalJson } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { FileDrop, writeWhole } from '@encaisse/platform/file-drop';
import {
  type BatchResponse,
  batchResponseXml,
  type BatchTotal,
  type ReadBatchLine,
  readBatchTransfer,
  type ReadBatchTransfer,
  type RejectedTransaction,
  UnreadableMessage,
} from '@encaisse/platform/iso20022';
import { LOGGER_TOKEN, type Logger, type Worker, Workers } from '@encaisse/platform/runtime';
import { OrderBook } from './order-book';

const OUT = 'out';
const IN = 'in';
const BATCH = /\.caaa011\.xml$/;
const ANSWER = /\.caaa012\.xml$/;
/** Where answers lie once the other side has taken them. */
const ANSWER_FOLDERS = [IN, 'in/done', 'in/refused'];
const REMEMBERED = 100;

/** A file that was answered. */
export type TakenFile = {
  readonly file: string;
  readonly contract: string;
  readonly result: BatchResponse['dataSet']['result'];
  readonly reason: string | null;
  readonly lines: number;
  readonly rejectedLines: number;
};

/** The acquirer's side of remittance files: takes each one, checks it, answers it once. */
@Injectable()
export class RemittanceFileTaker implements Worker, OnModuleInit {
  readonly name = 'acquirer-simulator.remittance-files';
  readonly orders = new OrderBook();
  private readonly answered = new Set<string>();
  private readonly recent: TakenFile[] = [];
  private stopWatching: (() => void) | undefined;
  private turn: Promise<void> = Promise.resolve();
  private isPlanned = false;
  private isStopping = false;

  constructor(
    private readonly workers: Workers,
    private readonly drop: FileDrop,
    private readonly clock: Clock,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.workers.register(this);
  }

  /** The files answered since the start, the latest first. */
  get taken(): readonly TakenFile[] {
    return this.recent;
  }

  /** A file stays where it was sent; that its answer was given is how it is known not to be new. */
  async start(): Promise<void> {
    for (const folder of ANSWER_FOLDERS)
      for (const name of await this.drop.list(folder))
        if (ANSWER.test(name)) this.answered.add(name);
    this.stopWatching = this.drop.watch(OUT, () => this.look());
    this.look();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.stopWatching?.();
    await this.turn;
  }

  private look(): void {
    if (this.isPlanned || this.isStopping) return;
    this.isPlanned = true;
    this.turn = this.turn.then(async () => {
      this.isPlanned = false;
      try {
        await this.takeAll();
      } catch (error) {
        const { message } = error as Error;
        this.logger.error({ error: message }, 'the simulated acquirer could not take a file');
      }
    });
  }

  private async takeAll(): Promise<void> {
    for (const name of await this.drop.list(OUT)) {
      const answer = name.replace(BATCH, '.caaa012.xml');
      if (this.isStopping || !BATCH.test(name) || this.answered.has(answer)) continue;
      await this.takeOne(name, answer);
      this.answered.add(answer);
    }
  }

  private async takeOne(name: string, answer: string): Promise<void> {
    const rejected: RejectedTransaction[] = [];
    const rejectedLines: ReadBatchLine[] = [];
    let batch: ReadBatchTransfer;
    try {
      batch = await readBatchTransfer(this.drop.read({ folder: OUT, name }), (line) => {
        const rejection = this.orders.rejectionOf(line);
        if (rejection === null) return;
        rejected.push(rejection);
        rejectedLines.push(line);
      });
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      this.logger.warn({ file: name, reason: error.message }, 'a file cannot be read');
      return;
    }
    const reason = hasRightTotals(batch)
      ? this.orders.fileReason(batch.acceptorId)
      : 'The totals are not those of the lines';
    const result = reason !== null ? 'DECL' : rejected.length > 0 ? 'PART' : 'APPR';
    const response: BatchResponse = {
      exchangeId: batch.exchangeId,
      createdAt: this.clock.now(),
      acceptorId: batch.acceptorId,
      acquirerId: batch.acquirerId ?? 'ACQUIRER',
      dataSet: {
        ...batch.dataSet,
        result,
        reason,
        totals: batch.totals,
        rejected: result === 'PART' ? rejected : [],
      },
    };
    await writeWhole(this.drop, { folder: IN, name: answer }, batchResponseXml(response));
    if (result === 'PART') this.orders.followed(rejectedLines);
    const lines = batch.totals.reduce((sum, { count }) => sum + count, 0);
    const rejectedCount = response.dataSet.rejected.length;
    const contract = batch.acceptorId;
    this.recent.unshift({
      file: name,
      contract,
      result,
      reason,
      lines,
      rejectedLines: rejectedCount,
    });
    this.recent.splice(REMEMBERED);
  }
}

/** A kind without lines may be told as zero or left out. */
function hasRightTotals({ totals, countedTotals }: ReadBatchTransfer): boolean {
  const text = (all: readonly BatchTotal[]) =>
    all
      .filter(({ count }) => count > 0)
      .map((total) => canonicalJson(total))
      .sort()
      .join('\n');
  return text(totals) === text(countedTotals);
}
