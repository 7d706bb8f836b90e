import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { ExportFailure, ExportFinished } from '@encaisse/backoffice/contract';
import { exportStream, failExport, finishExport, type Export } from '@encaisse/backoffice/domain';
import { epochMillis, instantOfEpochMillis } from '@encaisse/kernel';
import { type Alarm, Clock, Timers } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { Problem } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { Projections } from '@encaisse/platform/projections';
import {
  LOGGER_TOKEN,
  type Logger,
  LongJobs,
  type OpenJob,
  SETTINGS_TOKEN,
  type Settings,
  type Turn,
  type Worker,
  Workers,
} from '@encaisse/platform/runtime';
import { ExportSources } from '../export/export-sources';
import { EXPORT_JOB, type ExportJob } from './export-job';
import { ExportFiles } from './export-files';
import { ExportMails } from './export-mails';

const LOOK_MILLIS = 1000;
const AT_ONCE = 2;
const DAY_MILLIS = 86_400_000;
/** A job whose request was never recorded belongs to nobody. */
const ORPHAN_MILLIS = 600_000;

type Requested = NonNullable<Export>['requested'];
type Running = { readonly done: Promise<void>; readonly stop: AbortController };
/** What one run of a job goes by: what it appends is appended in turns of the lease. */
type Run = {
  readonly job: OpenJob;
  readonly turn: Turn;
  readonly stop: AbortSignal;
  readonly metadata: EventMetadata;
};

/**
 * Writes the files of exports, a few at a time and each from its beginning after a restart, and tells
 * by mail who no longer waited (TRX-27). One that takes longer than a mail may has failed.
 */
@Injectable()
export class ExportWorker implements Worker, OnModuleInit {
  readonly name = 'backoffice.exports';
  readonly isExclusive = true;
  private readonly running = new Map<string, Running>();
  private looking: Alarm | undefined;
  private turn: Turn | null = null;

  constructor(
    private readonly workers: Workers,
    private readonly jobs: LongJobs,
    private readonly streams: Streams,
    private readonly sources: ExportSources,
    private readonly files: ExportFiles,
    private readonly mails: ExportMails,
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly clock: Clock,
    private readonly timers: Timers,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.workers.register(this);
  }

  start(turn: Turn): Promise<void> {
    this.turn = turn;
    this.looking = this.timers.every(LOOK_MILLIS, () => this.wake());
    this.wake();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.turn = null;
    this.looking?.cancel();
    const running = [...this.running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ done }) => done));
  }

  /** Looks for jobs now, where this copy holds the lease. */
  wake(): void {
    void this.look().catch((error: unknown) => {
      this.logger.error({ error: (error as Error).message }, 'exports wait');
    });
  }

  private async look(): Promise<void> {
    const open = await this.jobs.open(EXPORT_JOB);
    const { turn } = this;
    if (turn === null) return;
    for (const job of open) {
      const isFree = this.running.size < AT_ONCE || this.millisLeft(job) <= 0;
      if (!isFree || this.running.has(job.jobId)) continue;
      const stop = new AbortController();
      const done = this.carryOut(job, turn, stop.signal)
        .catch((error: unknown) => {
          const { message } = error as Error;
          if (!stop.signal.aborted)
            this.logger.error({ exportId: job.jobId, error: message }, 'an export is tried again');
        })
        .finally(() => this.running.delete(job.jobId));
      this.running.set(job.jobId, { done, stop });
    }
  }

  private millisLeft({ elapsedMillis }: OpenJob): number {
    return this.settings.exportMailDelayMinutes * 60_000 - elapsedMillis;
  }

  private async carryOut(job: OpenJob, turn: Turn, stop: AbortSignal): Promise<void> {
    const { jobId } = job;
    const { state, events } = await this.streams.load(exportStream, jobId);
    if (state === null) {
      if (job.elapsedMillis > ORPHAN_MILLIS) await this.jobs.forget(jobId);
      return;
    }
    const { correlationId, actor } = events[0]!.metadata;
    const metadata: EventMetadata = {
      actor: { kind: 'system', login: 'system' },
      correlationId,
      causationId: events.at(-1)?.eventId ?? null,
    };
    if (state.finished === null && state.failed === null)
      await this.produce({ job, turn, stop, metadata }, state.requested);
    await this.conclude(jobId, actor.login);
  }

  private async produce({ job, turn, stop, metadata }: Run, requested: Requested): Promise<void> {
    const exportId = job.jobId;
    const fail = (reason: ExportFailure) => turn(() => this.fail(exportId, reason, metadata));
    const left = this.millisLeft(job);
    if (left <= 0) return fail('too-slow');
    const late = new AbortController();
    const alarm = this.timers.after(left, () => late.abort());
    try {
      const signal = AbortSignal.any([stop, late.signal]);
      const written = await this.write(exportId, requested, signal);
      const decide = (state: Export) => finishExport(written, state);
      await turn(() => this.streams.decide(exportStream, exportId, decide, metadata));
    } catch (error) {
      if (stop.aborted) throw error;
      if (late.signal.aborted) await fail('too-slow');
      else if (error instanceof Problem) await fail('not-possible');
      else throw error;
    } finally {
      alarm.cancel();
    }
  }

  private async write(
    exportId: string,
    { kind }: Requested,
    signal: AbortSignal,
  ): Promise<ExportFinished['data']> {
    const { query, caller, askedAt } = (await this.jobs.contentOf(exportId)) as ExportJob;
    const { request, from } = this.sources.of(kind, query, caller, askedAt);
    const found = await this.projections.status();
    const readModel = found.find(({ name }) => name === from)?.position ?? 0;
    const position = typeof from === 'number' ? from : readModel;
    const total = await this.files.count(request);
    const tell = (done: number) =>
      void this.jobs.progress(exportId, { done, total }).catch(() => undefined);
    tell(0);
    const written = await this.files.write(exportId, request, signal, tell);
    await this.jobs.progress(exportId, { done: written.rowCount, total: written.rowCount });
    const finishedAt = this.clock.now();
    const kept = this.settings.exportKeptDays * DAY_MILLIS;
    const expiresAt = instantOfEpochMillis(epochMillis(finishedAt) + kept);
    return { exportId, ...written, position, finishedAt, expiresAt };
  }

  private async fail(
    exportId: string,
    reason: ExportFailure,
    metadata: EventMetadata,
  ): Promise<void> {
    await this.files.remove(exportId);
    const failure = { exportId, reason, failedAt: this.clock.now() };
    await this.streams.decide(
      exportStream,
      exportId,
      (state) => failExport(failure, state),
      metadata,
    );
  }

  /** The mail and the end of the job are one: neither a crash nor a repetition makes a second mail. */
  private async conclude(exportId: string, login: string): Promise<void> {
    const { state } = await this.streams.load(exportStream, exportId);
    if (state === null) return;
    const address = await this.mails.addressOf(state.requested.personId, login);
    await this.database.transaction(async (session) => {
      const ended = await this.jobs.end(session, exportId);
      if (ended !== null && !ended.isAwaited) await this.mails.queue(session, state, address);
    });
  }
}
