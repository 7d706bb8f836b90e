import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { exportStream, expireExport } from '@encaisse/backoffice/domain';
import { addDays, businessDayOf, type Instant, parisInstant } from '@encaisse/kernel';
import { Streams } from '@encaisse/platform/event-store';
import {
  LongJobs,
  SETTINGS_TOKEN,
  type Settings,
  type TimedJob,
  TimedJobs,
} from '@encaisse/platform/runtime';
import { ExportFiles } from './export-files';
import { EXPORT_JOB } from './export-job';
import { ExportQueries } from './export-queries';

/** A quiet hour of the night. */
const TIME_OF_DAY = '04:20';

/** Removes each night the files whose time is over, with what was asked of them. */
@Injectable()
export class ExportExpiry implements OnModuleInit, TimedJob {
  readonly name = 'backoffice.export-expiry';

  constructor(
    private readonly timedJobs: TimedJobs,
    private readonly queries: ExportQueries,
    private readonly files: ExportFiles,
    private readonly jobs: LongJobs,
    private readonly streams: Streams,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'exportKeptDays'>,
  ) {}

  onModuleInit(): void {
    this.timedJobs.register(this);
  }

  nextAfter(after: Instant): Instant {
    const today = businessDayOf(after);
    const next = parisInstant(today, TIME_OF_DAY);
    return next > after ? next : parisInstant(addDays(today, 1), TIME_OF_DAY);
  }

  async run(dueAt: Instant): Promise<void> {
    for (const { requested } of await this.queries.expired(dueAt)) {
      const { exportId } = requested;
      await this.files.remove(exportId);
      await this.jobs.forget(exportId);
      await this.streams.decide(
        exportStream,
        exportId,
        (state) => expireExport({ exportId, at: dueAt }, state),
        {
          actor: { kind: 'system', login: 'system' },
          correlationId: this.name,
          causationId: null,
        },
      );
    }
    await this.jobs.forgetEnded(EXPORT_JOB, this.settings.exportKeptDays);
  }
}
