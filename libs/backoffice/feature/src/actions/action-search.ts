import type { Environment } from '@encaisse/kernel';
import { ACTION_KINDS, type ActionKind, type ActionResult } from '@encaisse/platform/access';
import {
  formedValues,
  listedValues,
  type Query,
  SqlConditions,
  valueOf,
} from '@encaisse/platform/lists';
import type { Period } from '../search/period';

export const ACTION_FILTERS = [
  ...['from', 'to', 'nodeId', 'login', 'userId', 'kind', 'result', 'aboutId'],
];
export const KINDS = Object.keys(ACTION_KINDS) as ActionKind[];
export const RESULTS: readonly ActionResult[] = ['ACCEPTED', 'REFUSED', 'REPEATED'];

const LOGIN = /^[\w.:-]{1,100}$/;
const ID = /^[0-9a-f-]{36}$/;

/** What is looked for in the action log, within what the caller may see. */
export type ActionSearch = {
  readonly environment: Environment;
  /** Null for the whole installation. */
  readonly nodeIds: readonly string[] | null;
  readonly period: Period;
  readonly logins: readonly string[];
  readonly userIds: readonly string[];
  readonly kinds: readonly ActionKind[];
  readonly results: readonly ActionResult[];
  readonly aboutId: string | null;
};

export function parseActionSearch(
  query: Query,
  scope: Pick<ActionSearch, 'environment' | 'nodeIds' | 'period'>,
): ActionSearch {
  formedValues(query, 'aboutId', ID, 'must be an id');
  return {
    ...scope,
    logins: formedValues(query, 'login', LOGIN, 'must be a login'),
    userIds: formedValues(query, 'userId', ID, 'must be an id'),
    kinds: listedValues(query, 'kind', KINDS),
    results: listedValues(query, 'result', RESULTS),
    aboutId: valueOf(query, 'aboutId'),
  };
}

/** Entries of no environment, such as sign-ins, are seen in both. */
export function actionConditions(search: ActionSearch): SqlConditions {
  const conditions = new SqlConditions();
  const { from, to } = search.period;
  conditions.add(`at >= ${conditions.parameter(from)}::timestamptz`);
  conditions.add(`at < ${conditions.parameter(to)}::timestamptz`);
  const environment = conditions.parameter(search.environment);
  conditions.add(`(environment is null or environment = ${environment}::text)`);
  if (search.nodeIds !== null)
    conditions.add(`node_id = any(${conditions.parameter(search.nodeIds)}::text[])`);
  conditions.addAny('login', search.logins);
  if (search.userIds.length > 0)
    conditions.add(`user_id::text = any(${conditions.parameter(search.userIds)}::text[])`);
  conditions.addAny('kind', search.kinds);
  conditions.addAny('result', search.results);
  if (search.aboutId !== null) conditions.addAny('about_id', [search.aboutId]);
  return conditions;
}
