import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type BusinessDay, businessDayOf, type Instant } from '@encaisse/kernel';
import {
  SETTINGS_TOKEN,
  type Settings,
  type TimedJob,
  TimedJobs,
} from '@encaisse/platform/runtime';
import type { RemittanceOpening } from '@encaisse/remittance/contract';
import { isTelecollectedAt, nextTelecollection } from '@encaisse/remittance/domain';
import { RemittanceLines } from '../lines/remittance-lines';
import { MakingTurn } from '../making/making-turn';
import { RemittanceKnowledge } from '../making/remittance-knowledge';
import { RemittanceMaker } from '../making/remittance-maker';

/** Sends what is due to the bank, each contract at its own time of day (REM-02). French: « télécollecte ». */
@Injectable()
export class Telecollection implements OnModuleInit, TimedJob {
  readonly name = 'remittance.telecollection';

  constructor(
    @Inject(SETTINGS_TOKEN)
    private readonly settings: Pick<Settings, 'telecollectionTime'>,
    private readonly jobs: TimedJobs,
    private readonly knowledge: RemittanceKnowledge,
    private readonly lines: RemittanceLines,
    private readonly maker: RemittanceMaker,
    private readonly turn: MakingTurn,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  nextAfter(after: Instant): Instant | null {
    const times = new Set<string>();
    for (const { telecollectionTime } of this.knowledge.contracts())
      times.add(telecollectionTime ?? this.settings.telecollectionTime);
    return nextTelecollection(after, times);
  }

  async run(dueAt: Instant): Promise<void> {
    await this.collect(businessDayOf(dueAt), (contractId) => {
      const contract = this.knowledge.contract(contractId);
      const time = contract?.telecollectionTime ?? this.settings.telecollectionTime;
      return contract !== undefined && isTelecollectedAt(dueAt, time);
    });
  }

  /** Collects what is due up to a day at the contracts chosen. Returns the remittances made. */
  collect(
    cutOff: BusinessDay,
    isChosen: (contractId: string) => boolean,
  ): Promise<RemittanceOpening[]> {
    return this.turn.take(async () => {
      await this.maker.resume();
      await this.knowledge.catchUp();
      const made: RemittanceOpening[] = [];
      for (const contractId of await this.lines.dueContracts(cutOff)) {
        if (!isChosen(contractId)) continue;
        for (const subject of await this.lines.dueSubjects(contractId, cutOff)) {
          const trigger = 'telecollection';
          const opening = await this.maker.make({ subject, trigger, cutOff, sendingId: null });
          if (opening !== null) made.push(opening);
        }
      }
      return made;
    });
  }
}
