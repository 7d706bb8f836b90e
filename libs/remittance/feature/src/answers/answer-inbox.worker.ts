import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Timers } from '@encaisse/platform/clock';
import { FileDrop, readWhole, writeWhole } from '@encaisse/platform/file-drop';
import { readBatchResponse, UnreadableMessage } from '@encaisse/platform/iso20022';
import { LOGGER_TOKEN, type Logger, type Worker, Workers } from '@encaisse/platform/runtime';
import { MakingTurn } from '../making/making-turn';
import { RecordAnswers } from './record-answers';

const IN = 'in';
const DONE = 'in/done';
const REFUSED = 'in/refused';
/** Other files may lie in the same folder, for other readers. */
const ANSWER = /caaa012\.xml$/i;
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Takes the acquirer's answers from the folder they are dropped in, each once. */
@Injectable()
export class AnswerInboxWorker implements Worker, OnModuleInit {
  readonly name = 'remittance.answers';
  readonly isExclusive = true;
  private stopWatching: (() => void) | undefined;
  private isPlanned = false;
  private isStopping = false;

  constructor(
    private readonly workers: Workers,
    private readonly drop: FileDrop,
    private readonly answers: RecordAnswers,
    private readonly turn: MakingTurn,
    private readonly timers: Timers,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.workers.register(this);
  }

  start(): Promise<void> {
    this.isStopping = false;
    this.stopWatching = this.drop.watch(IN, () => this.look());
    this.look();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.stopWatching?.();
    await this.turn.idle();
  }

  /** Takes every answer that lies there. What an outage leaves is taken at the next look. */
  async takeAll(): Promise<void> {
    const names = (await this.drop.list(IN)).filter((name) => ANSWER.test(name));
    for (const name of names) {
      if (this.isStopping) return;
      await this.turn.take(() => this.takeOne(name));
    }
  }

  private look(): void {
    if (this.isPlanned || this.isStopping) return;
    this.isPlanned = true;
    this.timers.after(0, () => {
      this.isPlanned = false;
      this.takeAll().catch((error: unknown) => {
        this.logger.error({ error: (error as Error).message }, 'an answer waits to be taken');
      });
    });
  }

  private async takeOne(name: string): Promise<void> {
    const file = { folder: IN, name };
    // Another copy of the service may have taken it while this one waited for its turn.
    if (!(await this.drop.list(IN)).includes(name)) return;
    try {
      const answers = readBatchResponse(await readWhole(this.drop, file, LONGEST_ANSWER));
      for (const answer of answers) await this.answers.record(name, answer);
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      this.logger.warn({ file: name, reason: error.message }, 'an answer was refused');
      await writeWhole(
        this.drop,
        { folder: REFUSED, name: `${name}.reason.txt` },
        `${error.message}\n`,
      );
      await this.drop.move(file, REFUSED);
      return;
    }
    await this.drop.move(file, DONE);
  }
}
