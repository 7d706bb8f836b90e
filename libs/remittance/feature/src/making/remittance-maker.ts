import {
  type BusinessDay,
  type Decision,
  type Instant,
  invariant,
  isRefused,
} from '@encaisse/kernel';
import type { Clock } from '@encaisse/platform/clock';
import type { Streams } from '@encaisse/platform/event-store';
import { derivedUuid } from '@encaisse/platform/http';
import type {
  RemittanceEvent,
  RemittanceOpening,
  RemittanceTrigger,
} from '@encaisse/remittance/contract';
import {
  abandonRemittance,
  assignNumber,
  buildRemittance,
  type ContractRemittances,
  contractRemittancesStream,
  hasLines,
  numberPrefixOf,
  openRemittance,
  recordSending,
  type Remittance,
  remittanceStream,
  settleNumber,
  totalsOf,
} from '@encaisse/remittance/domain';
import type {
  Candidate,
  RemittanceLines,
  RemittanceSubject,
  Selection,
} from '../lines/remittance-lines';
import { pagesAhead } from '../lines/pages-ahead';
import type { RemittanceFiles } from './remittance-files';
import type { RemittanceKnowledge } from './remittance-knowledge';
import type { SendingTransactions } from './sending-transactions';
import { systemMetadata } from './system-metadata';

/** Candidates read at once: they are small, and each reading finds all that is left. */
const PAGE = 20_000;
/** Transactions sent together; the store groups their appends. */
const SENT_TOGETHER = 1000;
/** While the last of these are answered, the first of the next are on their way. */
const GROUPS_UNDER_WAY = 2;

/** What is to be remitted, and why. */
export type MakingRequest = {
  readonly subject: RemittanceSubject;
  readonly trigger: RemittanceTrigger;
  readonly cutOff: BusinessDay;
  readonly sendingId: string | null;
};

/** The points of a making after which a process may die. Each is survived. */
export const MAKING_STEPS = [
  'number-assigned',
  'opened',
  'some-transactions-sent',
  'transactions-sent',
  'built',
  'number-settled',
  'files-written',
  'sent',
] as const;
export type MakingStep = (typeof MAKING_STEPS)[number];

/** Told of each step a making has passed. */
export type MakingObserver = (step: MakingStep, remittanceId: string) => void;

/**
 * Makes remittances: number, members, totals, files, delivery. Every step is an event or a file whose
 * content follows from events, so what a crash left half done is taken up where it stands. The caller
 * has the turn (`MakingTurn`).
 */
export class RemittanceMaker {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly knowledge: RemittanceKnowledge,
    private readonly lines: RemittanceLines,
    private readonly sending: SendingTransactions,
    private readonly files: RemittanceFiles,
    private readonly observe: MakingObserver = () => undefined,
  ) {}

  /** Makes the remittance of a subject; null when nothing was left to send, or nothing may be. */
  async make(request: MakingRequest): Promise<RemittanceOpening | null> {
    const { subject, cutOff, sendingId } = request;
    if (!this.isActive(subject.contractId)) {
      await this.setAsideAll({ ...subject, cutOff, sendingId });
      return null;
    }
    const opening = await this.assign(request);
    const isMade = await this.finish(opening);
    return isMade ? opening : null;
  }

  /** Takes up whatever was not finished. Returns how many remittances there were. */
  async resume(): Promise<number> {
    await this.knowledge.catchUp();
    const unfinished = await this.lines.unfinished();
    for (const { contractId, remittanceId } of unfinished) {
      const { state } = await this.streams.load(contractRemittancesStream, contractId);
      if (state.open?.remittanceId === remittanceId) await this.finish(state.open);
      else await this.deliver(remittanceId);
    }
    return unfinished.length;
  }

  /** Writes the files of the attempt that is due, if one is. */
  async deliver(remittanceId: string): Promise<void> {
    const { state } = await this.streams.load(remittanceStream, remittanceId);
    if (state.phase !== 'to-send') return;
    const { built, attempt } = state;
    invariant(built !== null, 'what is to send was built');
    const files = await this.files.write({ ...state, built });
    this.observe('files-written', remittanceId);
    const at = this.clock.now();
    await this.recordInRemittance(remittanceId, (remittance) =>
      recordSending({ remittanceId, attempt, files, at }, remittance),
    );
    this.observe('sent', remittanceId);
  }

  /** The contract's next number, after what it has open is finished. */
  private async assign(request: MakingRequest): Promise<RemittanceOpening> {
    const { subject, trigger, cutOff, sendingId } = request;
    const { contractId } = subject;
    const numberPrefix = numberPrefixOf(subject, this.knowledge.contracts());
    for (;;) {
      const openedAt = this.clock.now();
      const { decision } = await this.streams.decide(
        contractRemittancesStream,
        contractId,
        (state: ContractRemittances) => {
          const remittanceId = remittanceIdOf(contractId, state.openedCount + 1);
          const facts = { ...subjectOf(subject), trigger, cutOff, sendingId, openedAt };
          return assignNumber({ remittanceId, numberPrefix, ...facts }, state);
        },
        systemMetadata(contractId),
      );
      if (isRefused(decision)) {
        await this.finish(decision.refused.open);
        continue;
      }
      const [assigned] = decision.accepted;
      invariant(assigned !== undefined, 'a new remittance gets a number');
      const { sequence: _, ...opening } = assigned.data;
      this.observe('number-assigned', opening.remittanceId);
      return opening;
    }
  }

  /** From a number to a delivered file. False when the remittance was abandoned. */
  private async finish(opening: RemittanceOpening): Promise<boolean> {
    const { remittanceId, contractId } = opening;
    await this.recordInRemittance(remittanceId, (state) => openRemittance(opening, state));
    this.observe('opened', remittanceId);
    const { state } = await this.streams.load(remittanceStream, remittanceId);
    const isBuilt = state.phase === 'open' ? await this.build(opening) : isBuiltIn(state);
    this.observe('built', remittanceId);
    const outcome = isBuilt ? 'built' : 'abandoned';
    await this.streams.decide(
      contractRemittancesStream,
      contractId,
      (contract) => settleNumber({ contractId, remittanceId, outcome }, contract),
      systemMetadata(remittanceId),
    );
    this.observe('number-settled', remittanceId);
    if (isBuilt) await this.deliver(remittanceId);
    return isBuilt;
  }

  private async build(opening: RemittanceOpening): Promise<boolean> {
    const { remittanceId, currency } = opening;
    await this.sendAll(opening);
    this.observe('transactions-sent', remittanceId);
    const checkpoint = await this.knowledge.catchUp();
    const { sums, linesDigest, position } = await this.lines.sums(remittanceId);
    await this.knowledge.requireHeld(position, checkpoint);
    const totals = totalsOf(sums, currency);
    const at = this.clock.now();
    await this.recordInRemittance(remittanceId, (state) =>
      hasLines(totals)
        ? buildRemittance({ remittanceId, totals, linesDigest, at }, state)
        : abandonRemittance({ remittanceId, at }, state),
    );
    return hasLines(totals);
  }

  private async sendAll(opening: RemittanceOpening): Promise<void> {
    await this.knowledge.catchUp();
    if (!this.isActive(opening.contractId)) return this.setAsideAll(opening);
    await this.inGroups(opening, async (candidates) => {
      await this.sending.send(opening, candidates);
      this.observe('some-transactions-sent', opening.remittanceId);
    });
  }

  private async setAsideAll(selection: Selection): Promise<void> {
    const at: Instant = this.clock.now();
    await this.inGroups(selection, (candidates) => this.sending.setAside(candidates, at));
  }

  /** Nothing is left under way when it is done, or when a group has failed: it is told of then. */
  private async inGroups(
    selection: Selection,
    work: (candidates: readonly Candidate[]) => Promise<void>,
  ): Promise<void> {
    const candidatesAfter = (after: string, limit: number) =>
      this.lines.candidates(selection, after, limit);
    const underWay: Promise<void>[] = [];
    try {
      for await (const page of pagesAhead(candidatesAfter, PAGE)) {
        for (let from = 0; from < page.length; from += SENT_TOGETHER) {
          const working = work(page.slice(from, from + SENT_TOGETHER));
          // Awaited below; a failure before that must not be an unhandled one.
          working.catch(() => undefined);
          underWay.push(working);
          if (underWay.length === GROUPS_UNDER_WAY) await underWay.shift();
        }
      }
      await Promise.all(underWay);
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  private isActive(contractId: string): boolean {
    const contract = this.knowledge.contract(contractId);
    invariant(contract !== undefined, `contract ${contractId} was opened`);
    return contract.isActive;
  }

  private recordInRemittance(
    remittanceId: string,
    decide: (state: Remittance) => Decision<RemittanceEvent, never>,
  ) {
    const metadata = systemMetadata(remittanceId);
    return this.streams.decide(remittanceStream, remittanceId, decide, metadata);
  }
}

function isBuiltIn(state: Remittance): boolean {
  return state.phase !== 'unknown' && state.built !== null;
}

/** The id of a contract's n-th remittance: known before it exists, so that making it twice makes it once. */
function remittanceIdOf(contractId: string, n: number): string {
  return derivedUuid(`remittance|${contractId}|${n}`);
}

function subjectOf(subject: RemittanceSubject): RemittanceSubject {
  const { environment, shopId, contractId, contractNumber, rank } = subject;
  const { paymentMeans, currency, acquirer } = subject;
  return {
    environment,
    shopId,
    contractId,
    contractNumber,
    rank,
    paymentMeans,
    currency,
    acquirer,
  };
}
