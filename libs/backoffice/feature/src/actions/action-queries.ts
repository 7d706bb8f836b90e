import { Injectable } from '@nestjs/common';
import { ACTION_KINDS } from '@encaisse/platform/access';
import { type Caller, notFound, ROOT_NODE } from '@encaisse/platform/http';
import { type KeysetPage, keysetPage, searchDigest } from '@encaisse/platform/lists';
import { Database, instantText } from '@encaisse/platform/postgres';
import { type PersonalData, PersonVault } from '@encaisse/platform/security';
import { BackofficeDirectory } from '../backoffice-directory';
import { ACTIONS_SCHEMA, type ActionRow } from './action-row';
import { actionConditions, type ActionSearch } from './action-search';

export const ACTIONS_TABLE = `${ACTIONS_SCHEMA}.actions`;

const SELECTION = `action_id as "actionId",
  ${instantText('at')} as at, kind, result, status,
  problem, environment, node_id as "nodeId", user_id as "userId", login, name, email,
  about_kind as "aboutKind", about_id as "aboutId", before, after, origin`;

/** The action log, cut to the caller’s node (LOG-05). */
@Injectable()
export class ActionQueries {
  constructor(
    private readonly database: Database,
    private readonly directory: BackofficeDirectory,
    private readonly persons: PersonVault,
  ) {}

  /** The nodes whose entries are seen at a node; null for the whole installation. */
  nodesSeenAt(nodeId: string): readonly string[] | null {
    return nodeId === ROOT_NODE ? null : this.directory.nodesAtOrBelow(nodeId);
  }

  list(search: ActionSearch, limit: number, cursor: string | null): Promise<KeysetPage<ActionRow>> {
    return keysetPage<ActionRow>(
      {
        selection: SELECTION,
        table: ACTIONS_TABLE,
        conditions: actionConditions(search),
        idColumn: 'action_id',
        sorting: { by: 'at', isDescending: true },
        sortColumn: { column: 'at', type: 'timestamptz' },
        limit,
        cursor,
        digest: searchDigest({ list: 'actions', ...search }),
        endOf: ({ at, actionId }) => ({ value: at, id: actionId }),
      },
      this.database,
    );
  }

  /** One entry; one and the same answer for a foreign and a missing one. */
  async visible(actionId: string, caller: Caller): Promise<ActionRow> {
    const [row] = await this.database.query<ActionRow>(
      `select ${SELECTION} from ${ACTIONS_TABLE} where action_id::text = $1`,
      [actionId],
    );
    const nodes = this.nodesSeenAt(caller.nodeId);
    const isVisible =
      row &&
      (row.environment === null || row.environment === caller.environment) &&
      (nodes === null || (row.nodeId !== null && nodes.includes(row.nodeId)));
    if (!isVisible) throw notFound('action');
    return row;
  }

  /** Before and after with what the vault knows of the persons they name, and where it came from. */
  async detail(row: ActionRow) {
    const ids = [row.before, row.after].map((values) => values?.['personId']);
    const named = [...ids, row.origin].filter((id): id is string => typeof id === 'string');
    const persons = await this.persons.reveal(named);
    const origin = row.origin === null ? null : (persons.get(row.origin)?.ip ?? null);
    return {
      ...actionView(row),
      before: withPerson(row.before, persons),
      after: withPerson(row.after, persons),
      origin,
    };
  }
}

/** An entry as lists show it. */
export function actionView({ before: _b, after: _a, origin: _o, ...row }: ActionRow) {
  return { ...row, action: ACTION_KINDS[row.kind] };
}

function withPerson(
  values: Readonly<Record<string, unknown>> | null,
  persons: ReadonlyMap<string, PersonalData>,
): Readonly<Record<string, unknown>> | null {
  if (values === null || typeof values['personId'] !== 'string') return values;
  const { personId, ...others } = values;
  return { ...others, ...(persons.get(personId) ?? { erased: true }) };
}
