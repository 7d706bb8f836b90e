import type { Instant } from '@encaisse/kernel';
import type { AcquirerTrace } from '@encaisse/ledger/domain';
import {
  AcquirerLink,
  type AcquirerLinkSettings,
  type LinkLogger,
  type LinkOutcome,
  newRetrievalReference,
} from '@encaisse/platform/iso8583';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import {
  AcquirerGateway,
  type AuthorizationOutcome,
  type AuthorizationRequest,
  type LateAnswer,
  type NotSent,
  type ReversalOutcome,
  type ReversalRequest,
  type UnknownOutcome,
} from './acquirer-gateway';
import { answerOf, authorizationMessage, lateAnswerOf, reversalMessage } from './acquirer-messages';

export type AcquirerSettings = Omit<AcquirerLinkSettings, 'answerTimeoutMs'> & {
  /** Longest wait for an answer (ACQUIRER_TIMEOUT_MS), in real milliseconds. Default 15000. */
  readonly timeoutMs?: number;
  /** Acquiring institution of field 32, at most eleven digits. Left out when absent. */
  readonly institution?: string;
};

const DEFAULT_TIMEOUT_MS = 15_000;

/** The acquirer over ISO 8583:1987 on one TCP connection. */
export class Iso8583AcquirerGateway
  extends AcquirerGateway
  implements OnModuleInit, OnApplicationShutdown
{
  private readonly link: AcquirerLink;
  private readonly institution: string | null;

  constructor({ timeoutMs, institution, ...settings }: AcquirerSettings, logger: LinkLogger) {
    super();
    const answerTimeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.link = new AcquirerLink({ ...settings, answerTimeoutMs }, logger);
    this.institution = institution ?? null;
  }

  /** Begins to connect without waiting: a service starts whether its acquirer is there or not. */
  onModuleInit(): void {
    this.link.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  override async authorize(request: AuthorizationRequest): Promise<AuthorizationOutcome> {
    const outcome = await this.link.request(authorizationMessage(request, this.institution));
    if (outcome.kind !== 'answered') return unansweredOf(outcome);
    return { kind: 'answered', ...answerOf(outcome.answer) };
  }

  override async reverse(request: ReversalRequest): Promise<ReversalOutcome> {
    const message = reversalMessage(request, this.link.nextStan(), this.institution);
    const outcome = await this.link.request(message);
    if (outcome.kind !== 'answered') return unansweredOf(outcome);
    return { kind: 'answered', responseCode: answerOf(outcome.answer).responseCode };
  }

  override nextTrace(now: Instant): AcquirerTrace {
    const stan = this.link.nextStan();
    return { stan, retrievalReference: newRetrievalReference(), transmittedAt: now };
  }

  override onLateAnswer(listener: (answer: LateAnswer) => void): void {
    this.link.onLateAnswer((answer) => listener(lateAnswerOf(answer)));
  }

  override get isReady(): boolean {
    return this.link.isReady;
  }

  override close(): Promise<void> {
    return this.link.close();
  }
}

function unansweredOf(
  outcome: Exclude<LinkOutcome, { readonly kind: 'answered' }>,
): UnknownOutcome | NotSent {
  return outcome.kind === 'not-sent' ? outcome : { kind: 'unknown', cause: outcome.kind };
}
