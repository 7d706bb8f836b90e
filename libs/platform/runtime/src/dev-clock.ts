import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsDefined, ValidateIf } from 'class-validator';
import { type Instant, instantOfEpochMillis, parseInstant } from '@encaisse/kernel';
import { ControllableClock } from '@encaisse/platform/clock';
import { EventStore } from '@encaisse/platform/event-store';
import { invalidRequest, Logged, Needs } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { Projections } from '@encaisse/platform/projections';
import { TimedJobs } from './timed-jobs';

class SetClockBody {
  /** ISO 8601 with offset, or null to go back to the wall clock. */
  @ApiProperty({ type: String, nullable: true, example: '2026-01-31T22:00:00+01:00' })
  @IsDefined()
  @ValidateIf((body: SetClockBody) => body.now !== null)
  now!: string | null;
}

type ClockAnswer = { readonly now: Instant; readonly isSet: boolean; readonly jobsRun?: number };

/** The clock of development and demonstrations: absent when NODE_ENV=production. */
@ApiTags('dev')
@Controller('dev/clock')
export class DevClockController {
  constructor(
    private readonly clock: ControllableClock,
    private readonly database: Database,
    private readonly timedJobs: TimedJobs,
    private readonly projections: Projections,
    private readonly store: EventStore,
  ) {}

  @Get()
  @Needs('develop')
  @ApiOperation({ summary: 'Tell the time of the product' })
  show(): ClockAnswer {
    return { now: this.clock.now(), isSet: this.clock.isSet };
  }

  /** Answers once the jobs that fell due on the way have run, each at its own instant. */
  @Post()
  @HttpCode(200)
  @Needs('develop')
  @Logged('DEVELOPMENT')
  @ApiOperation({ summary: 'Set the time of the product, or release it with null' })
  async set(@Body() { now }: SetClockBody): Promise<ClockAnswer> {
    const target = now === null ? null : parseInstant(now);
    if (now !== null && target === null)
      throw invalidRequest([
        { pointer: '/now', detail: 'must be an ISO 8601 instant with an offset, or null' },
      ]);
    const jobsRun = await this.moveTo(target);
    return { now: this.clock.now(), isSet: this.clock.isSet, jobsRun };
  }

  private async moveTo(target: Instant | null): Promise<number> {
    const until = target ?? instantOfEpochMillis(Date.now());
    if (until < this.clock.now()) {
      // Set first: a tick between the two would find yesterday's jobs due at the time that was left.
      this.clock.set(target);
      await this.timedJobs.rewindTo(until);
    } else await this.projections.settleViews(await this.store.lastPosition(), 5000);
    const jobsRun = await this.timedJobs.runDue(until, (at) => this.clock.set(at));
    this.clock.set(target);
    await this.database.query(
      `insert into platform.dev_clock (frozen_at) values ($1)
       on conflict (only_row) do update set frozen_at = excluded.frozen_at`,
      [target],
    );
    return jobsRun;
  }
}

/** Puts the clock where it stood before a restart. */
export async function restoreClock(clock: ControllableClock, database: Database): Promise<void> {
  const [row] = await database.query<{ frozen_at: Date | null }>(
    'select frozen_at from platform.dev_clock',
  );
  if (row?.frozen_at) clock.set(instantOfEpochMillis(row.frozen_at.getTime()));
}
