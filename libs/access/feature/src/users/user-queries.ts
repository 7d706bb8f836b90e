import { Injectable } from '@nestjs/common';
import {
  addDays,
  businessDay,
  businessDayOf,
  daysBetween,
  type Instant,
  isUuid,
} from '@encaisse/kernel';
import type { Profile } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type Caller, notFound, ROOT_NODE } from '@encaisse/platform/http';
import { type KeysetPage, keysetPage, searchDigest, SqlConditions } from '@encaisse/platform/lists';
import { Database, instantText } from '@encaisse/platform/postgres';
import type { PersonalData } from '@encaisse/platform/security';
import { AccessDirectory } from '../access-directory';
import { UserPersons } from './user-persons';

const SELECTION = `user_id as "userId", login, profile, node_id as "nodeId", language,
  person_id as "personId", is_active as "isActive", is_locked as "isLocked", factors,
  ${instantText('created_at')} as "createdAt", connections,
  week_begins::text as "weekBegins", week_connections as "weekConnections",
  ${instantText('last_connection_at')} as "lastConnectionAt",
  ${instantText('password_changed_at')} as "passwordChangedAt"`;
const USERS = 'access_users.users';

export type UserRow = {
  readonly userId: string;
  readonly login: string;
  readonly profile: Profile;
  readonly nodeId: string;
  readonly language: 'fr' | 'en';
  readonly personId: string;
  readonly isActive: boolean;
  readonly isLocked: boolean;
  readonly factors: number;
  readonly createdAt: Instant;
  readonly connections: number;
  readonly weekBegins: string | null;
  readonly weekConnections: number;
  readonly lastConnectionAt: Instant | null;
  readonly passwordChangedAt: Instant | null;
};

export type UserSearch = {
  readonly nodeId: string;
  readonly profile: Profile | null;
  readonly isActive: boolean | null;
  readonly limit: number;
  readonly cursor: string | null;
};

/** Users of a node and below, as their manager sees them. */
@Injectable()
export class UserQueries {
  constructor(
    private readonly database: Database,
    private readonly directory: AccessDirectory,
    private readonly persons: UserPersons,
    private readonly clock: Clock,
  ) {}

  list(search: UserSearch): Promise<KeysetPage<UserRow>> {
    const { nodeId, profile, isActive, limit, cursor } = search;
    const conditions = new SqlConditions();
    conditions.add('true');
    if (nodeId !== ROOT_NODE)
      conditions.add(
        `node_id = any(${conditions.parameter(this.directory.nodesAtOrBelow(nodeId))}::text[])`,
      );
    if (profile !== null) conditions.addAny('profile', [profile]);
    if (isActive !== null) conditions.addAny('is_active', [isActive], 'boolean');
    return keysetPage<UserRow>(
      {
        selection: SELECTION,
        table: USERS,
        conditions,
        idColumn: 'user_id',
        sorting: { by: 'createdAt', isDescending: true },
        sortColumn: { column: 'created_at', type: 'timestamptz' },
        limit,
        cursor,
        digest: searchDigest({ list: 'users', nodeId, profile, isActive }),
        endOf: ({ createdAt, userId }) => ({ value: createdAt, id: userId }),
      },
      this.database,
    );
  }

  /** A user at or below the caller's node; one and the same answer for a foreign and a missing one. */
  async visible(userId: string, caller: Caller): Promise<UserRow> {
    const [row] = isUuid(userId)
      ? await this.database.query<UserRow>(`select ${SELECTION} from ${USERS} where user_id = $1`, [
          userId,
        ])
      : [];
    if (!row || !this.directory.isAtOrBelow(row.nodeId, caller.nodeId)) throw notFound('user');
    return row;
  }

  /** Active managers at or below the brand of a node, besides one user. */
  async otherManagers(nodeId: string, userId: string): Promise<number> {
    const nodes = this.directory.nodesAtOrBelow(this.directory.brandOf(nodeId));
    const [row] = await this.database.query<{ count: number }>(
      `select count(*) from ${USERS}
       where profile = 'MANAGER' and is_active and node_id = any($1::text[]) and user_id <> $2`,
      [nodes, userId],
    );
    return row?.count ?? 0;
  }

  /** Whether somebody whom the caller can see has an e-mail address. Whoever lies outside stays unseen. */
  async isEmailTaken(email: string, caller: Caller, besides: string | null): Promise<boolean> {
    const nodes = this.directory.nodesAtOrBelow(caller.nodeId);
    const rows = await this.database.query<{ userId: string; personId: string }>(
      `select user_id as "userId", person_id as "personId" from ${USERS}
       where is_active and node_id = any($1::text[])`,
      [nodes],
    );
    const persons = await this.persons.all(rows.map(({ personId }) => personId));
    const wanted = email.toLowerCase();
    return rows.some(
      ({ userId, personId }) => userId !== besides && persons.get(personId)?.email === wanted,
    );
  }

  /** The rows with what the vault knows of the persons, for lists and details (UMGT-03). */
  async views(rows: readonly UserRow[]) {
    const persons = await this.persons.all(rows.map(({ personId }) => personId));
    return rows.map((row) => this.view(row, persons.get(row.personId) ?? {}));
  }

  private view(
    { personId: _, weekBegins, weekConnections, ...row }: UserRow,
    person: PersonalData,
  ) {
    const node = this.directory.current.node(row.nodeId);
    const isThisWeek = weekBegins !== null && weekBegins === mondayOf(this.clock.now());
    return {
      ...row,
      name: person.name ?? null,
      email: person.email ?? null,
      mobile: person.mobile ?? null,
      level: node?.level ?? null,
      nodeName: node?.name ?? null,
      weekConnections: isThisWeek ? weekConnections : 0,
    };
  }
}

export type UserView = Awaited<ReturnType<UserQueries['views']>>[number];

const SOME_MONDAY = businessDay('1970-01-05');

/** The Monday of the ISO week of an instant, Europe/Paris. */
function mondayOf(at: Instant): string {
  const day = businessDayOf(at);
  return addDays(day, -(daysBetween(SOME_MONDAY, day) % 7));
}
