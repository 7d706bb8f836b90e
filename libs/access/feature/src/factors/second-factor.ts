import { Injectable } from '@nestjs/common';
import { type OpenedSession, Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import type { CallingPerson } from '@encaisse/platform/http';
import { Challenges } from './challenges';
import { factorProblem } from './factor-problems';
import { type FactorKind, Factors } from './factors';
import { counterOfCode } from './one-time-codes';
import { Passkeys } from './passkeys';
import { ProofAttempts } from './proof-attempts';

/** What can be given, and the options of the passkeys when there are some. */
export type SecondFactorOptions = {
  readonly kinds: readonly FactorKind[];
  readonly passkey: { readonly challengeId: string; readonly options: object } | null;
};

/** What a person proves the second factor with. */
export type SecondFactorProof =
  { readonly code: string } | { readonly challengeId: string; readonly response: object };

/** The second factor of signing in, and wherever a person proves themselves anew. */
@Injectable()
export class SecondFactor {
  constructor(
    private readonly factors: Factors,
    private readonly challenges: Challenges,
    private readonly passkeys: Passkeys,
    private readonly attempts: ProofAttempts,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {}

  async options(userId: string): Promise<SecondFactorOptions> {
    const known = await this.factors.inForce(userId);
    const kinds = [...new Set(known.map(({ kind }) => kind))];
    const passkeys = known.filter(({ kind }) => kind === 'PASSKEY');
    if (passkeys.length === 0) return { kinds, passkey: null };
    const options = await this.passkeys.authenticationOptions(passkeys);
    const challengeId = await this.challenges.keep(userId, 'SECOND_FACTOR', options.challenge);
    return { kinds, passkey: { challengeId, options } };
  }

  /** The session goes on under a new token. Every failure is told alike. */
  async pass(
    { userId, session }: CallingPerson,
    proof: SecondFactorProof,
    address: string,
    metadata: EventMetadata,
  ): Promise<OpenedSession> {
    await this.attempts.prove(
      { userId, address, metadata },
      () => this.isRight(userId, proof),
      () => factorProblem('second-factor-refused'),
    );
    return this.sessions.passSecondFactor(session.sessionId);
  }

  isRight(userId: string, proof: SecondFactorProof): Promise<boolean> {
    return 'code' in proof ? this.useCode(userId, proof.code) : this.usePasskey(userId, proof);
  }

  /** A code is good once: its step must lie after the last one used, whoever comes first. */
  private async useCode(userId: string, code: string): Promise<boolean> {
    const at = this.clock.now();
    for (const factor of await this.factors.inForce(userId)) {
      if (factor.kind !== 'TOTP') continue;
      const counter = counterOfCode(factor.secret, code, at);
      if (counter !== null && (await this.factors.advance(factor.factorId, counter))) return true;
    }
    return false;
  }

  private async usePasskey(
    userId: string,
    { challengeId, response }: { readonly challengeId: string; readonly response: object },
  ): Promise<boolean> {
    const challenge = await this.challenges.take(challengeId, userId, 'SECOND_FACTOR');
    if (challenge === null) return false;
    const { id } = response as { readonly id?: unknown };
    const known = await this.factors.inForce(userId);
    const factor = known.find(({ credentialId }) => credentialId !== null && credentialId === id);
    if (!factor) return false;
    const counter = await this.passkeys.proved(factor, response, challenge);
    if (counter === null) return false;
    // Passkeys kept in several places count nothing; the challenge is good once all the same.
    return counter === 0 || this.factors.advance(factor.factorId, counter);
  }
}
