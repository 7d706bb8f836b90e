import { Injectable } from '@nestjs/common';
import { type Instant, isRefused } from '@encaisse/kernel';
import { setAside, transactionStream } from '@encaisse/ledger/domain';
import { Clock } from '@encaisse/platform/clock';
import { Streams } from '@encaisse/platform/event-store';
import { type DataSetAnswer, UnreadableMessage } from '@encaisse/platform/iso20022';
import type { RejectedLine } from '@encaisse/remittance/contract';
import { recordAnswer, type RecordAnswer, remittanceStream } from '@encaisse/remittance/domain';
import { RemittanceLines } from '../lines/remittance-lines';
import { RemittanceKnowledge } from '../making/remittance-knowledge';
import { RemittanceMaker } from '../making/remittance-maker';
import { systemMetadata } from '../making/system-metadata';

/** Takes what the acquirer answers about remittances. The caller has the turn. */
@Injectable()
export class RecordAnswers {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly knowledge: RemittanceKnowledge,
    private readonly lines: RemittanceLines,
    private readonly maker: RemittanceMaker,
  ) {}

  /**
   * Sets rejected lines aside first, so that a crash before the remittance's own event leaves the
   * answer to be taken again. Throws UnreadableMessage on an answer that fits nothing we sent.
   */
  async record(file: string, answer: DataSetAnswer): Promise<void> {
    await this.knowledge.catchUp();
    const remittance = await this.lines.remittanceNumbered(answer.name);
    if (remittance === null) throw new UnreadableMessage(`no remittance ${answer.name}`);
    const { remittanceId } = remittance;
    // An acquirer may answer before the sending itself is recorded.
    await this.maker.deliver(remittanceId);
    const at = this.clock.now();
    const attempt = Number(answer.version ?? '1');
    const told = { remittanceId, attempt, answer: file, at };
    const command: RecordAnswer =
      answer.outcome === 'rejected'
        ? { ...told, outcome: 'rejected', reason: answer.reason ?? 'no reason given' }
        : {
            ...told,
            outcome: 'accepted',
            rejectedLines: await this.rejectedLines(remittanceId, answer),
          };
    await this.refuseUnfitting(command);
    if (command.outcome === 'accepted') {
      for (const line of command.rejectedLines) await this.setAside(remittanceId, line, at);
    }
    await this.streams.decide(
      remittanceStream,
      remittanceId,
      (state) => recordAnswer(command, state),
      systemMetadata(remittanceId),
    );
  }

  private async refuseUnfitting(command: RecordAnswer): Promise<void> {
    const { state } = await this.streams.load(remittanceStream, command.remittanceId);
    const decision = recordAnswer(command, state);
    if (isRefused(decision)) throw new UnreadableMessage(decision.refused.code);
  }

  private async rejectedLines(
    remittanceId: string,
    { rejected }: DataSetAnswer,
  ): Promise<RejectedLine[]> {
    const numbers = rejected.map(({ transactionNumber }) => transactionNumber);
    const members = await this.lines.membersNumbered(remittanceId, numbers);
    const byNumber = new Map(members.map((member) => [member.transaction_number, member]));
    return rejected.map(({ sequence, transactionNumber, reason }) => {
      const member = byNumber.get(transactionNumber);
      if (member === undefined)
        throw new UnreadableMessage(`the remittance holds no transaction ${transactionNumber}`);
      const { transaction_id: transactionId, kind: type } = member;
      return { sequence, transactionId, transactionNumber, type, detail: reason };
    });
  }

  /** The ledger refuses for a cancellation: that the remittance records its line is all there is. */
  private async setAside(remittanceId: string, line: RejectedLine, at: Instant): Promise<void> {
    const { transactionId, detail } = line;
    await this.streams.decide(
      transactionStream,
      transactionId,
      (state) =>
        setAside({ transactionId, at, reason: 'line-rejected', remittanceId, detail }, state),
      systemMetadata(remittanceId),
    );
  }
}
