import { Injectable } from '@nestjs/common';
import type { Environment, Instant } from '@encaisse/kernel';
import {
  type MessageChannel,
  type MessageLanguage,
  MESSAGES,
  type MessageState,
} from '@encaisse/platform/mail';
import { type Caller, ROOT_NODE } from '@encaisse/platform/http';
import { type KeysetPage, keysetPage, searchDigest, SqlConditions } from '@encaisse/platform/lists';
import { Database, instantText } from '@encaisse/platform/postgres';
import { BackofficeDirectory } from '../backoffice-directory';
import type { Period } from '../search/period';

/** What is kept of a message to a person. */
export type MessageRow = {
  readonly messageId: string;
  readonly channel: MessageChannel;
  readonly environment: Environment;
  readonly nodeId: string | null;
  readonly template: string;
  readonly language: MessageLanguage;
  readonly aboutKind: string | null;
  readonly aboutId: string | null;
  readonly subject: string;
  readonly maskedRecipient: string;
  readonly state: MessageState;
  readonly attempts: number;
  readonly nextAttemptAt: Instant | null;
  readonly lastError: string | null;
  readonly createdAt: Instant;
  readonly sentAt: Instant | null;
};

/** What to look for in the journal of messages. */
export type MessageSearch = {
  readonly period: Period | null;
  readonly states: readonly MessageState[];
  readonly channels: readonly MessageChannel[];
  readonly templates: readonly string[];
  readonly aboutKinds: readonly string[];
  readonly aboutIds: readonly string[];
};

const SELECTION = `message_id as "messageId", channel, environment, node_id as "nodeId", template,
  language, about_kind as "aboutKind", about_id as "aboutId", subject,
  masked_recipient as "maskedRecipient", state, attempts,
  ${instantText(`case when state = 'QUEUED' then next_attempt_at end`)} as "nextAttemptAt",
  last_error as "lastError", ${instantText('created_at')} as "createdAt",
  ${instantText('sent_at')} as "sentAt"`;

/** The journal of what was written to people (NOTIF-18): never an address or a content. */
@Injectable()
export class MessageQueries {
  constructor(
    private readonly database: Database,
    private readonly directory: BackofficeDirectory,
  ) {}

  page(
    search: MessageSearch,
    caller: Caller,
    { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
  ): Promise<KeysetPage<MessageRow>> {
    const conditions = this.visibleTo(caller);
    const { period } = search;
    if (period !== null) {
      conditions.add(`created_at >= ${conditions.parameter(period.from)}::timestamptz`);
      conditions.add(`created_at < ${conditions.parameter(period.to)}::timestamptz`);
    }
    conditions.addAny('state', search.states);
    conditions.addAny('channel', search.channels);
    conditions.addAny('template', search.templates);
    conditions.addAny('about_kind', search.aboutKinds);
    conditions.addAny('about_id', search.aboutIds);
    const { environment, nodeId } = caller;
    return keysetPage<MessageRow>(
      {
        selection: SELECTION,
        table: MESSAGES,
        conditions,
        idColumn: 'message_id',
        sorting: { by: 'createdAt', isDescending: true },
        sortColumn: { column: 'created_at', type: 'timestamptz' },
        limit,
        cursor,
        digest: searchDigest({ ...search, environment, nodeId, list: 'messages' }),
        endOf: ({ createdAt, messageId }) => ({ value: createdAt, id: messageId }),
      },
      this.database,
    );
  }

  /** A message the caller may see; null for a foreign one and a missing one. */
  async find(messageId: string, caller: Caller): Promise<MessageRow | null> {
    const conditions = this.visibleTo(caller);
    conditions.addAny('message_id', [messageId], 'uuid');
    const [row] = await this.database.query<MessageRow>(
      `select ${SELECTION} from ${MESSAGES} where ${conditions.text}`,
      conditions.parameters,
    );
    return row ?? null;
  }

  /** A message of no node is for those who see the whole installation. */
  private visibleTo({ environment, nodeId }: Caller): SqlConditions {
    const conditions = new SqlConditions();
    conditions.addAny('environment', [environment]);
    if (nodeId !== ROOT_NODE)
      conditions.add(
        `node_id = any(${conditions.parameter(this.directory.nodesAtOrBelow(nodeId))}::text[])`,
      );
    return conditions;
  }
}
