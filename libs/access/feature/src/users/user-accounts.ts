import { Injectable } from '@nestjs/common';
import type { UserLanguage } from '@encaisse/access/contract';
import {
  changeUser,
  type ChangeUser,
  createUser,
  type Managing,
  setUserActive,
  userStream,
} from '@encaisse/access/domain';
import { type Profile, Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, EventStore, Streams } from '@encaisse/platform/event-store';
import { ASK_AGAIN, type Caller, derivedUuid, orProblem, ROOT_NODE } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { Projections } from '@encaisse/platform/projections';
import { AccessDirectory } from '../access-directory';
import { isListed, untilListed } from '../until-listed';
import { newLogins } from './new-login';
import { contactProblem, USER_PROBLEMS } from './user-problems';
import { UserPersons } from './user-persons';
import { UserQueries, type UserRow } from './user-queries';

export type NewUser = {
  readonly creationId: string;
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly mobile: string | null;
  readonly language: UserLanguage;
  readonly profile: Profile;
  readonly nodeId: string;
};

export type UserChange = {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly mobile?: string | undefined;
  readonly language?: UserLanguage | undefined;
  readonly profile?: Profile | undefined;
  readonly nodeId?: string | undefined;
};

/** What became of a user, once every service reads it at its next request. */
export type UserOutcome = {
  readonly userId: string;
  readonly position: number;
  readonly isReplay: boolean;
};

/** Users as managers and support make and change them (UMGT). */
@Injectable()
export class UserAccounts {
  /** The last of those that take their turn in this process. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly streams: Streams,
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly sessions: Sessions,
    private readonly persons: UserPersons,
    private readonly queries: UserQueries,
    private readonly directory: AccessDirectory,
    private readonly clock: Clock,
  ) {}

  /** A login for a name that nobody has, or that this very creation has taken already. */
  async freeLogin(name: string, creationId: string): Promise<string> {
    for (const login of newLogins(name, creationId)) {
      const { state } = await this.streams.load(userStream, userIdOf(login));
      if (state.status === 'unknown' || state.creationId === creationId) return login;
    }
    throw contactProblem('login-needed', 'the name gives no login that is free: send one');
  }

  async create(user: NewUser, caller: Caller, metadata: EventMetadata): Promise<UserOutcome> {
    const { name, email, mobile, login, ...terms } = user;
    const userId = userIdOf(login);
    if (await this.queries.isEmailTaken(email, caller, userId))
      throw contactProblem('email-taken', 'give the user an address of their own');
    const person = await this.persons.remember({ name, email, mobile: mobile ?? undefined });
    const command = {
      ...terms,
      userId,
      login,
      person,
      creatorProfile: caller.person?.profile ?? null,
      isAboveBrands: user.nodeId === ROOT_NODE,
      at: this.clock.now(),
    };
    const result = await this.streams.decide(
      userStream,
      userId,
      (state) => createUser(command, state),
      metadata,
    );
    orProblem(result.decision, USER_PROBLEMS);
    return this.inForce({ userId, position: result.position, isReplay: result.isReplay });
  }

  async change(
    user: UserRow,
    { name, email, mobile, ...rights }: UserChange,
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<UserOutcome> {
    const current = await this.persons.of(user.personId);
    if (email !== undefined && (await this.queries.isEmailTaken(email, caller, user.userId)))
      throw contactProblem('email-taken', 'give the user an address of their own');
    const isPersonChanged = name !== undefined || email !== undefined || mobile !== undefined;
    const person = isPersonChanged
      ? await this.persons.remember({
          name: name ?? current.name,
          email: email ?? current.email,
          mobile: mobile ?? current.mobile,
        })
      : undefined;
    return this.manage(user, caller, async (managing) => {
      const command: ChangeUser = { ...managing, ...rights, person };
      const result = await this.streams.decide(
        userStream,
        user.userId,
        (state) => changeUser(command, state),
        metadata,
      );
      orProblem(result.decision, USER_PROBLEMS);
      return result;
    });
  }

  /** A closed account has no session from this moment on. */
  async setActive(
    user: UserRow,
    isActive: boolean,
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<UserOutcome> {
    return this.manage(user, caller, async (managing) => {
      const result = await this.streams.decide(
        userStream,
        user.userId,
        (state) => setUserActive({ ...managing, isActive }, state),
        metadata,
      );
      orProblem(result.decision, USER_PROBLEMS);
      if (!isActive) await this.sessions.endAll(user.userId, this.clock.now());
      return result;
    });
  }

  /** Rights act on the next request (S4): what cannot be told yet is not answered for. */
  private async inForce(outcome: UserOutcome): Promise<UserOutcome> {
    await untilListed(
      this.projections,
      outcome.position,
      `it is recorded and the list of users is late: ${ASK_AGAIN}`,
    );
    return outcome;
  }

  /** Waits a while for what was just recorded to be read; for what is in force without being read. */
  async reached(outcome: UserOutcome): Promise<UserOutcome> {
    await isListed(this.projections, outcome.position);
    return outcome;
  }

  /**
   * Two managers of a brand who remove each other at the same moment would leave none: those who take
   * rights away come one after the other, each on what the one before left. They queue before they take
   * the connection of the lock: waiting for it with one each, they would leave none to work with.
   */
  private manage(
    user: UserRow,
    caller: Caller,
    decide: (managing: Managing) => Promise<{ position: number; isReplay: boolean }>,
  ): Promise<UserOutcome> {
    const work = () => this.decideAlone(user, caller, decide);
    const mine = this.turn.then(work, work);
    this.turn = mine;
    return mine;
  }

  private decideAlone(
    user: UserRow,
    caller: Caller,
    decide: (managing: Managing) => Promise<{ position: number; isReplay: boolean }>,
  ): Promise<UserOutcome> {
    const brand = this.directory.brandOf(user.nodeId);
    return this.database.withAdvisoryLock(`access.managers ${brand}`, async () => {
      await untilListed(
        this.projections,
        await this.store.lastPosition(),
        'the list of users is late: nothing was changed, ask again in a moment',
      );
      const others = await this.queries.otherManagers(user.nodeId, user.userId);
      const { position, isReplay } = await decide({
        managerId: caller.person?.userId ?? null,
        managerProfile: caller.person?.profile ?? null,
        isLastManager: others === 0,
        at: this.clock.now(),
      });
      return this.inForce({ userId: user.userId, position, isReplay });
    });
  }
}

/** The stream of a login: whoever takes it first has it for ever. */
export function userIdOf(login: string): string {
  return derivedUuid(`user|${login.toLowerCase()}`);
}
