import { Injectable } from '@nestjs/common';
import { businessDayOf, type Instant, isRefused, streamIdOf } from '@encaisse/kernel';
import {
  isDue,
  sendToBank,
  setAside,
  transactionStream,
  type TransactionSentToBank,
} from '@encaisse/ledger/domain';
import {
  type AppendResult,
  ContentionExhausted,
  EventStore,
  Streams,
} from '@encaisse/platform/event-store';
import { derivedUuid } from '@encaisse/platform/http';
import type { RemittanceOpening } from '@encaisse/remittance/contract';
import type { Candidate } from '../lines/remittance-lines';
import { systemMetadata } from './system-metadata';

const TRIES = 10;

/** Puts transactions into remittances, or aside: one event each, decided by the revision check (D3). */
@Injectable()
export class SendingTransactions {
  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
  ) {}

  /**
   * Puts candidates into a remittance. A candidate whose stream stands where the row was read is still
   * what the row says, so no stream is loaded; the others are decided again as they stand now. The ids
   * and bodies of the events follow from the remittance: doing it again does it once.
   */
  async send(opening: RemittanceOpening, candidates: readonly Candidate[]): Promise<void> {
    const write = sentToBankWriter(opening);
    const results = await Promise.all(
      candidates.map(({ transaction_id, version }) =>
        this.store.append([write(transaction_id, version)]),
      ),
    );
    const changed = candidates.filter((_, index) => !isAppended(results[index]!));
    await Promise.all(changed.map((candidate) => this.decideAgain(opening, candidate)));
  }

  /** Keeps what is due at an inactive contract out of the remittances; cancellations wait on. */
  async setAside(candidates: readonly Candidate[], at: Instant): Promise<void> {
    const debitsAndRefunds = candidates.filter(({ state }) => state === 'to-send');
    await Promise.all(
      debitsAndRefunds.map(({ transaction_id: transactionId }) =>
        this.streams.decide(
          transactionStream,
          transactionId,
          (state) => setAside({ transactionId, at, reason: 'inactive-contract' }, state),
          systemMetadata(transactionId),
        ),
      ),
    );
  }

  /**
   * Cancelled meanwhile: sent all the same, as a cancellation. Sent by another remittance, put off or
   * set aside: left alone.
   */
  private async decideAgain(opening: RemittanceOpening, candidate: Candidate): Promise<void> {
    const transactionId = candidate.transaction_id;
    const { remittanceId, number: remittanceNumber, openedAt: at } = opening;
    const write = sentToBankWriter(opening);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const { state, version } = await this.streams.load(transactionStream, transactionId);
      if (!isDue(state, opening.cutOff) || version === null) return;
      const decision = sendToBank({ transactionId, remittanceId, remittanceNumber, at }, state);
      if (isRefused(decision) || decision.accepted.length === 0) return;
      if (isAppended(await this.store.append([write(transactionId, version)]))) return;
    }
    throw new ContentionExhausted(`${transactionId} changed ${TRIES} times while being sent`);
  }
}

function isAppended(result: AppendResult): boolean {
  if (result.kind === 'event-id-reused')
    throw new Error(`the id of a sending is in the log with other content: ${result.eventId}`);
  return result.kind === 'appended';
}

/** Makes the one append that puts a transaction into a remittance. */
function sentToBankWriter({ remittanceId, number, openedAt }: RemittanceOpening) {
  const type: TransactionSentToBank['type'] = 'TransactionSentToBank';
  const schemaVersion = transactionStream.schemaVersions[type];
  const metadata = systemMetadata(remittanceId);
  const businessDay = businessDayOf(openedAt);
  return (transactionId: string, expected: number) => {
    const data: TransactionSentToBank['data'] = {
      transactionId,
      remittanceId,
      remittanceNumber: number,
      sentAt: openedAt,
      businessDay,
    };
    const eventId = derivedUuid(`${remittanceId}|${transactionId}`);
    return {
      streamId: streamIdOf(transactionStream, transactionId),
      expected,
      events: [{ eventId, type, schemaVersion, data, metadata }],
    };
  };
}
