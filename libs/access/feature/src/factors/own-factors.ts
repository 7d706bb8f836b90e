import { Inject, Injectable } from '@nestjs/common';
import { addFactor, removeAllFactors, removeFactor, userStream } from '@encaisse/access/domain';
import { Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { type Caller, notFound, orProblem } from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { SignInThrottle } from '../sign-in/sign-in-throttle';
import { UserAccounts, type UserOutcome } from '../users/user-accounts';
import { USER_PROBLEMS } from '../users/user-problems';
import { Challenges } from './challenges';
import { factorProblem } from './factor-problems';
import { type FactorKind, Factors, type OpenFactor } from './factors';
import { counterOfCode, newTotpSecret, totpUri } from './one-time-codes';
import { Passkeys } from './passkeys';

const MOST_FACTORS = 10;

export type Owner = { readonly userId: string; readonly login: string };

export type NewFactor = { readonly factorId: string; readonly label: string };

/** The secret of a factor that was begun, told once; null when the request was answered before. */
export type BegunFactor = {
  readonly isReplay: boolean;
  readonly told: { readonly secret: string; readonly uri: string } | null;
};

/** Second factors as they are added and removed. */
@Injectable()
export class OwnFactors {
  constructor(
    private readonly factors: Factors,
    private readonly challenges: Challenges,
    private readonly passkeys: Passkeys,
    private readonly streams: Streams,
    private readonly users: UserAccounts,
    private readonly sessions: Sessions,
    private readonly throttle: SignInThrottle,
    private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  /** Begins one-time codes: nothing counts until a first code confirms them. */
  async begin({ userId, login }: Owner, { factorId, label }: NewFactor): Promise<BegunFactor> {
    if (await this.isRepeated(userId, { factorId, label }, 'TOTP'))
      return { isReplay: true, told: null };
    await this.refuseTooMany(userId);
    await this.factors.forgetBegun(userId, factorId);
    const secret = newTotpSecret();
    const isKept = await this.factors.keep({
      factorId,
      userId,
      kind: 'TOTP',
      label,
      secret,
      credentialId: null,
      counter: 0,
      isConfirmed: false,
    });
    if (!isKept) return { isReplay: true, told: null };
    const uri = totpUri(secret, this.settings.brandName, login);
    return { isReplay: false, told: { secret, uri } };
  }

  /** A right code confirms: from then on signing in asks for one. */
  async confirm(
    userId: string,
    factorId: string,
    code: string,
    address: string,
    metadata: EventMetadata,
  ): Promise<UserOutcome> {
    const factor = await this.factors.byId(factorId);
    if (factor?.userId !== userId || factor.kind !== 'TOTP') throw notFound('second factor');
    if (!factor.isConfirmed) await this.checkFirst(factor, code, address);
    return this.add(factor, metadata);
  }

  async passkeyOptions(owner: Owner) {
    await this.refuseTooMany(owner.userId);
    const known = await this.factors.inForce(owner.userId);
    const options = await this.passkeys.registrationOptions(owner, known);
    const { userId } = owner;
    const challengeId = await this.challenges.keep(userId, 'REGISTRATION', options.challenge);
    return { challengeId, options };
  }

  async register(
    userId: string,
    wanted: NewFactor,
    answer: { readonly challengeId: string; readonly response: object },
    metadata: EventMetadata,
  ): Promise<UserOutcome> {
    const kind = 'PASSKEY';
    if (await this.isRepeated(userId, wanted, kind))
      return this.add({ ...wanted, userId, kind }, metadata);
    await this.refuseTooMany(userId);
    const challenge = await this.challenges.take(answer.challengeId, userId, 'REGISTRATION');
    const passkey =
      challenge === null ? null : await this.passkeys.registered(answer.response, challenge);
    if (passkey === null) throw factorProblem('passkey-refused');
    const factor = { ...wanted, ...passkey, userId, kind, isConfirmed: true } as const;
    if (!(await this.factors.keep(factor))) throw factorProblem('passkey-known');
    return this.add(factor, metadata);
  }

  /** Removes a factor of one's own; what is left of one whose removal was cut off goes as well. */
  async remove(userId: string, factorId: string, metadata: EventMetadata): Promise<UserOutcome> {
    const at = this.clock.now();
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      (user) => removeFactor({ factorId, at }, user),
      metadata,
    );
    orProblem(decision, USER_PROBLEMS);
    return this.removed({ userId, position, isReplay }, [factorId]);
  }

  /** For a lost device: every factor goes, and every session with them. */
  async removeAll(
    userId: string,
    { person }: Caller,
    metadata: EventMetadata,
  ): Promise<UserOutcome> {
    const managing = {
      managerId: person?.userId ?? null,
      managerProfile: person?.profile ?? null,
      at: this.clock.now(),
    };
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      (user) => removeAllFactors(managing, user),
      metadata,
    );
    const events = orProblem(decision, USER_PROBLEMS);
    const factorIds = events.map(({ data }) => data.factorId);
    const outcome = await this.removed({ userId, position, isReplay }, factorIds);
    await this.sessions.endAll(userId, managing.at);
    return outcome;
  }

  /** Whether a user has a factor, in the log or begun. */
  async isOwn(userId: string, factorId: string): Promise<boolean> {
    if ((await this.factors.byId(factorId))?.userId === userId) return true;
    return (await this.factors.shown(userId)).some((one) => one.factorId === factorId);
  }

  private async checkFirst(factor: OpenFactor, code: string, address: string): Promise<void> {
    await this.throttle.take(address);
    const counter = counterOfCode(factor.secret, code, this.clock.now());
    if (counter === null || !(await this.factors.advance(factor.factorId, counter)))
      throw factorProblem('factor-code-wrong');
    await this.throttle.giveBack(address);
  }

  private async add(
    factor: NewFactor & { readonly userId: string; readonly kind: FactorKind },
    metadata: EventMetadata,
  ): Promise<UserOutcome> {
    const { factorId, userId, kind, label } = factor;
    const command = { factorId, kind, label, at: this.clock.now() };
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      (user) => addFactor(command, user),
      metadata,
    );
    orProblem(decision, USER_PROBLEMS);
    return this.users.reached({ userId, position, isReplay });
  }

  private async removed(outcome: UserOutcome, factorIds: readonly string[]): Promise<UserOutcome> {
    await this.users.reached(outcome);
    await this.factors.forget(outcome.userId, factorIds);
    await this.factors.askForPassword(outcome.userId);
    return outcome;
  }

  private async isRepeated(
    userId: string,
    { factorId, label }: NewFactor,
    kind: FactorKind,
  ): Promise<boolean> {
    const earlier = await this.factors.byId(factorId);
    if (earlier === null) return false;
    if (earlier.userId !== userId || earlier.kind !== kind || earlier.label !== label)
      throw factorProblem('id-reused');
    return true;
  }

  private async refuseTooMany(userId: string): Promise<void> {
    const { length } = await this.factors.shown(userId);
    if (length >= MOST_FACTORS) throw factorProblem('too-many-factors');
  }
}
