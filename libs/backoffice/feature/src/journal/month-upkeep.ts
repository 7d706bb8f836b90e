import { addDays, businessDayOf, type Instant, parisInstant } from '@encaisse/kernel';
import { Projections } from '@encaisse/platform/projections';
import {
  SETTINGS_TOKEN,
  type Settings,
  type TimedJob,
  TimedJobs,
} from '@encaisse/platform/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

/** A quiet hour of the night, after telecollection. */
const TIME_OF_DAY = '03:40';
/** The second and third night try again what queries held in the first. */
const NIGHTS = ['01', '02', '03'];

/** At the beginning of a month the coming ones are made, and those past the history set apart. */
@Injectable()
export class MonthUpkeep implements OnModuleInit, TimedJob {
  readonly name = 'backoffice.months';

  constructor(
    private readonly projections: Projections,
    private readonly jobs: TimedJobs,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'historyMonths'>,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  nextAfter(after: Instant): Instant {
    let day = businessDayOf(after);
    while (!NIGHTS.includes(day.slice(8)) || parisInstant(day, TIME_OF_DAY) <= after)
      day = addDays(day, 1);
    return parisInstant(day, TIME_OF_DAY);
  }

  async run(dueAt: Instant): Promise<void> {
    const { historyMonths } = this.settings;
    await this.projections.keepMonths({ now: dueAt, historyMonths });
  }
}
