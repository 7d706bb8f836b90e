import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { businessDayOf } from '@encaisse/kernel';
import type { SendingRequested } from '@encaisse/ledger/domain';
import { type Alarm, Clock, Timers } from '@encaisse/platform/clock';
import { EventStore, type RecordedEvent, type Subscription } from '@encaisse/platform/event-store';
import { LOGGER_TOKEN, type Logger, type Worker, Workers } from '@encaisse/platform/runtime';
import type { RemittanceResendRequested } from '@encaisse/remittance/contract';
import { RemittanceLines } from '../lines/remittance-lines';
import { MakingTurn } from '../making/making-turn';
import { RemittanceKnowledge } from '../making/remittance-knowledge';
import { RemittanceMaker } from '../making/remittance-maker';

/**
 * A mass sending is asked for transaction by transaction: it is carried out once its last one has been
 * followed by this silence, so that it becomes one remittance per subject and not several (CASH-20).
 */
const SILENCE_MILLIS = 250;
const RETRY_MILLIS = 5000;

/** Carries out manual sendings and resendings as soon as they are asked for (CASH-18). */
@Injectable()
export class ManualSendingWorker implements Worker, OnModuleInit {
  readonly name = 'remittance.manual-sending';
  readonly isExclusive = true;
  private readonly planned = new Map<string, Alarm>();
  private subscription: Subscription | undefined;
  private isStopping = false;

  constructor(
    private readonly workers: Workers,
    private readonly store: EventStore,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly knowledge: RemittanceKnowledge,
    private readonly lines: RemittanceLines,
    private readonly maker: RemittanceMaker,
    private readonly turn: MakingTurn,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.workers.register(this);
  }

  /** What was asked for while nobody listened comes first. */
  async start(): Promise<void> {
    this.isStopping = false;
    const after = await this.store.lastPosition();
    this.subscription = this.store.subscribeToAll({
      after,
      onBatch: (events) => {
        for (const event of events) this.notice(event);
        return Promise.resolve();
      },
    });
    this.subscription.done.catch((error: unknown) => {
      this.logger.error({ error: (error as Error).message }, 'manual sendings are not heard of');
    });
    this.plan('unfinished remittances', 0, () => this.maker.resume());
    await this.knowledge.catchUp();
    for (const sendingId of await this.lines.requestedSendings()) this.planSending(sendingId);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const alarm of this.planned.values()) alarm.cancel();
    this.planned.clear();
    await this.subscription?.close();
    await this.turn.idle();
  }

  private notice({ type, data }: RecordedEvent): void {
    if (type === 'SendingRequested') this.planSending((data as SendingRequested['data']).sendingId);
    if (type === 'RemittanceResendRequested') {
      const { remittanceId } = data as RemittanceResendRequested['data'];
      this.plan(`resending ${remittanceId}`, 0, () => this.maker.deliver(remittanceId));
    }
  }

  private planSending(sendingId: string): void {
    this.plan(`sending ${sendingId}`, SILENCE_MILLIS, () => this.carryOut(sendingId));
  }

  private plan(key: string, millis: number, work: () => Promise<unknown>): void {
    if (this.isStopping) return;
    this.planned.get(key)?.cancel();
    const alarm = this.timers.after(millis, () => {
      this.planned.delete(key);
      this.turn.take(work).catch((error: unknown) => {
        this.logger.error({ error: (error as Error).message }, `${key} failed and is tried again`);
        this.plan(key, RETRY_MILLIS, work);
      });
    });
    this.planned.set(key, alarm);
  }

  private async carryOut(sendingId: string): Promise<void> {
    await this.knowledge.catchUp();
    const cutOff = businessDayOf(this.clock.now());
    for (const subject of await this.lines.requestedSubjects(sendingId))
      await this.maker.make({ subject, trigger: 'manual', cutOff, sendingId });
  }
}
