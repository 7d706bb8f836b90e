import { Injectable } from '@nestjs/common';
import {
  apiKeyStream,
  createApiKey,
  type CreateApiKey,
  revokeApiKey,
  rotateApiKey,
} from '@encaisse/access/domain';
import type { Environment } from '@encaisse/kernel';
import {
  type Action,
  apiKeyText,
  digestOf,
  grantableBy,
  grantableOf,
  newSecret,
} from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { ASK_AGAIN, type Caller, orProblem } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { Projections } from '@encaisse/platform/projections';
import { untilListed } from '../until-listed';
import { API_KEY_PROBLEMS, apiKeyDetail } from './api-key-problems';

/** What became of a key, once every service reads it at its next request. */
export type ApiKeyOutcome = {
  readonly position: number;
  readonly isReplay: boolean;
  /** The whole key, told once; null when no new secret was given. */
  readonly key: string | null;
};

/** Keys for machines. What each may do is in the log, its secrets are digests beside it. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly streams: Streams,
    private readonly database: Database,
    private readonly projections: Projections,
    private readonly clock: Clock,
  ) {}

  async create(
    key: Omit<CreateApiKey, 'createdBy' | 'environment' | 'grantable' | 'at'>,
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<ApiKeyOutcome> {
    const { environment, actor } = caller;
    const grantable = grantableOfCaller(caller);
    const command = {
      ...key,
      environment,
      createdBy: actor.login,
      grantable,
      at: this.clock.now(),
    };
    const { decision, position, isReplay } = await this.streams.decide(
      apiKeyStream,
      key.keyId,
      (state) => createApiKey(command, state),
      metadata,
    );
    orProblem(decision, API_KEY_PROBLEMS, apiKeyDetail);
    await this.inForce(position);
    return { position, isReplay, key: await this.give(key.keyId, key.keyId, environment) };
  }

  async rotate(
    {
      keyId,
      rotationId,
      overlapMillis,
    }: Readonly<Record<'keyId' | 'rotationId', string>> & {
      readonly overlapMillis: number;
    },
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<ApiKeyOutcome> {
    const grantable = grantableOfCaller(caller);
    const command = { rotationId, overlapMillis, grantable, at: this.clock.now() };
    const { decision, position, isReplay } = await this.streams.decide(
      apiKeyStream,
      keyId,
      (state) => rotateApiKey(command, state),
      metadata,
    );
    orProblem(decision, API_KEY_PROBLEMS, apiKeyDetail);
    await this.inForce(position);
    return { position, isReplay, key: await this.give(keyId, rotationId, caller.environment) };
  }

  /** From the answer on the key and the tokens given for it open nothing. */
  async revoke(keyId: string, metadata: EventMetadata): Promise<ApiKeyOutcome> {
    const { decision, position, isReplay } = await this.streams.decide(
      apiKeyStream,
      keyId,
      (state) => revokeApiKey({ at: this.clock.now() }, state),
      metadata,
    );
    orProblem(decision, API_KEY_PROBLEMS, apiKeyDetail);
    await this.inForce(position);
    return { position, isReplay, key: null };
  }

  /**
   * The secret of a creation or a rotation, given once: whoever was cut off between the fact and its
   * secret gets it by asking again with the same id, nobody gets it twice.
   */
  private async give(
    keyId: string,
    secretId: string,
    environment: Environment,
  ): Promise<string | null> {
    const secret = newSecret();
    const given = await this.database.query(
      `insert into access.api_key_secrets (key_id, secret_id, digest) values ($1, $2, $3)
       on conflict do nothing returning 1`,
      [keyId, secretId, digestOf(secret)],
    );
    return given.length === 1 ? apiKeyText(keyId, environment, secret) : null;
  }

  /** Before the secret is given: it is given once, and an answer that comes too late would lose it. */
  private inForce(position: number): Promise<void> {
    return untilListed(
      this.projections,
      position,
      `it is recorded and the list of keys is late: ${ASK_AGAIN}`,
    );
  }
}

/** A key never holds what its creator may not do, or may not give away. */
function grantableOfCaller({ person, actions }: Caller): ReadonlySet<Action> {
  return person ? grantableBy(person.profile) : grantableOf(actions);
}
