import { NO_ROWS, type Statement } from './statements';
import type { Row } from './tables';

const KEYS = 'security.data_keys';

type Given = readonly [string[], string[], string[], Buffer[], Buffer[], string[], Buffer[]];

/** `insertOrFind` of a vault: rows by look-up value, the first one to come stays. */
function insertOrFind(table: 'cards' | 'persons', idColumn: string): Statement {
  const name = `security.${table}`;
  return {
    pattern: new RegExp(`^with given as \\( .* insert into security\\.${table} `),
    run({ session, parameters }) {
      const [ids, environments, tenants, lookups, digests, keys, sealed] =
        parameters as unknown as Given;
      return lookups.map((lookup, index) => {
        const key = lookup.toString('base64');
        let row = session.get(name, key);
        if (!row) {
          row = {
            id: ids[index],
            environment: environments[index],
            tenant_id: tenants[index],
            lookup,
            digest: digests[index],
            data_key_id: keys[index],
            sealed: sealed[index],
          };
          session.insert(name, key, row);
          session.insert(`${name}_by_id`, ids[index]!, { [idColumn]: ids[index], ...row });
        }
        return row;
      });
    },
  };
}

const vaults: readonly Statement[] = [
  insertOrFind('cards', 'card_id'),
  insertOrFind('persons', 'person_id'),
  {
    pattern: /^select data_key_id, sealed from security\.cards where card_id = \$1$/,
    run({ session, parameters }) {
      const row = session.get('security.cards_by_id', parameters[0] as string);
      return row ? [row] : NO_ROWS;
    },
  },
  {
    pattern: /^select person_id, data_key_id, sealed from security\.persons where person_id = any/,
    run: ({ session, parameters }) =>
      (parameters[0] as string[])
        .map((id) => session.get('security.persons_by_id', id))
        .filter((row): row is Row => row !== undefined),
  },
];

const keyring: readonly Statement[] = [
  {
    pattern:
      /^select data_key_id, environment, purpose, sealed, is_active from security\.data_keys$/,
    run: ({ session }) => session.all(KEYS),
  },
  {
    pattern: /^insert into security\.data_keys/,
    run({ session, parameters }) {
      const [data_key_id, environment, purpose, sealed] = parameters;
      const row = { data_key_id, environment, purpose, sealed, is_active: true };
      session.insert(KEYS, data_key_id as string, row);
      return NO_ROWS;
    },
  },
];

/** The statements of the vaults and of their keys. */
export const VAULT_STATEMENTS: readonly Statement[] = [...vaults, ...keyring];
