import { Injectable } from '@nestjs/common';
import {
  acceptTerms,
  FIRST_TERMS_VERSION,
  type PublishTerms,
  publishTerms,
  termsStream,
  userStream,
} from '@encaisse/access/domain';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { orProblem, Problem, problems } from '@encaisse/platform/http';
import { Database, instantText } from '@encaisse/platform/postgres';
import { UserAccounts, type UserOutcome } from '../users/user-accounts';
import { USER_PROBLEMS } from '../users/user-problems';
import { FIRST_TERMS } from './first-terms';

export const TERMS_PROBLEMS = problems({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'terms-version-old': { status: 409, title: 'Another version of the terms is in force' },
});

/** There is one stream of terms in an installation. */
const STREAM_ID = 'all';

export type TermsInForce = {
  readonly version: number;
  readonly textFr: string;
  readonly textEn: string;
  readonly publishedAt: string | null;
};

/** The general terms of use: in force, accepted, published anew (AUTH-05, AUTH-06). */
@Injectable()
export class TermsOfUse {
  constructor(
    private readonly database: Database,
    private readonly streams: Streams,
    private readonly users: UserAccounts,
    private readonly clock: Clock,
  ) {}

  async inForce(): Promise<TermsInForce> {
    const [row] = await this.database.query<TermsInForce>(
      `select version, text_fr as "textFr", text_en as "textEn",
         ${instantText('published_at')} as "publishedAt"
       from access_users.terms order by version desc limit 1`,
    );
    return row ?? { version: FIRST_TERMS_VERSION, ...FIRST_TERMS, publishedAt: null };
  }

  /** Only the version in force can be accepted: nobody accepts what they were not shown. */
  async accept(userId: string, version: number, metadata: EventMetadata): Promise<UserOutcome> {
    const current = await this.inForce();
    if (version !== current.version)
      throw new Problem(
        'terms-version-old',
        TERMS_PROBLEMS['terms-version-old'],
        `version: ${current.version} is in force`,
        { version: current.version },
      );
    const at = this.clock.now();
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      userId,
      (user) => acceptTerms({ version, at }, user),
      metadata,
    );
    orProblem(decision, USER_PROBLEMS);
    return this.users.reached({ userId, position, isReplay });
  }

  /** From now on every user must accept the new version first. */
  async publish(
    terms: Omit<PublishTerms, 'at'>,
    metadata: EventMetadata,
  ): Promise<{ readonly position: number; readonly isReplay: boolean }> {
    const at = this.clock.now();
    const { decision, position, isReplay } = await this.streams.decide(
      termsStream,
      STREAM_ID,
      (state) => publishTerms({ ...terms, at }, state),
      metadata,
    );
    orProblem(decision, TERMS_PROBLEMS);
    return this.users.reached({ userId: '', position, isReplay });
  }
}
