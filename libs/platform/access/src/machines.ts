import type { Environment, Instant } from '@encaisse/kernel';
import type { Database } from '@encaisse/platform/postgres';
import { type Action, ACTIONS } from './actions';
import { digestOf } from './secrets';

/** A key of a machine as it stands at this request. */
export type Machine = {
  readonly keyId: string;
  readonly label: string;
  readonly nodeId: string;
  readonly environment: Environment;
  readonly actions: readonly Action[];
  /** Which of the secrets the key has had was given. */
  readonly secretId: string;
};

/** What a token says of the key it was given for. */
export type MachineToken = {
  readonly keyId: string;
  readonly secretId: string;
  /** Null for all that the key allows. */
  readonly actions: ReadonlySet<string> | null;
};

type KeyRow = Omit<Machine, 'actions'> & { readonly actions: readonly string[] };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const KEY = /^encaisse_(?:test|production)_([0-9a-f]{32})_([\w-]{43})$/;
const UNDEFINED_TABLE = '42P01';

/**
 * The secret given last opens the key; the one before it does so until a rotation says. Both are facts
 * of the log, so that nothing kept beside it can hold an old secret alive.
 */
const IN_FORCE = `
  from access_users.api_keys k join access.api_key_secrets s on s.key_id = k.key_id
  where k.key_id = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
    and (s.secret_id = k.secret_id
      or (s.secret_id = k.former_secret_id and k.former_valid_until > $2))`;
const SELECTION = `select k.key_id as "keyId", k.label, k.node_id as "nodeId", k.environment, k.actions,
  s.secret_id as "secretId" ${IN_FORCE}`;

/** What a machine sends: `encaisse_test_<key id>_<secret>`. The environment is there for people to see. */
export function apiKeyText(keyId: string, environment: Environment, secret: string): string {
  return `encaisse_${environment.toLowerCase()}_${keyId.replaceAll('-', '')}_${secret}`;
}

export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('encaisse_');
}

/** Keys of machines: read at every request, so that one that was revoked opens nothing more. */
export class Machines {
  constructor(private readonly database: Database) {}

  /** The machine of a whole key; null when it is unknown, revoked, expired or forged. */
  async byKey(text: string, at: Instant): Promise<Machine | null> {
    const [, hex, secret] = KEY.exec(text) ?? [];
    if (hex === undefined || secret === undefined) return null;
    const machine = await this.bySecret(uuidOf(hex), secret, at);
    const isItsEnvironment =
      machine !== null && text.startsWith(`encaisse_${machine.environment.toLowerCase()}_`);
    return isItsEnvironment ? machine : null;
  }

  /** The machine of a key's id and secret, as OAuth sends them. */
  async bySecret(keyId: string, secret: string, at: Instant): Promise<Machine | null> {
    if (!UUID.test(keyId)) return null;
    return this.first(`${SELECTION} and s.digest = $3`, [keyId, at, digestOf(secret)]);
  }

  /** The machine of a token that was given for its key, as narrowed there. */
  async byToken(token: MachineToken, at: Instant): Promise<Machine | null> {
    const { keyId, secretId, actions } = token;
    const machine = await this.first(`${SELECTION} and s.secret_id = $3`, [keyId, at, secretId]);
    if (machine === null || actions === null) return machine;
    return { ...machine, actions: machine.actions.filter((action) => actions.has(action)) };
  }

  private async first(sql: string, parameters: readonly unknown[]): Promise<Machine | null> {
    const [row] = await this.database.query<KeyRow>(sql, parameters).catch((error: unknown) => {
      if ((error as { code?: string }).code === UNDEFINED_TABLE) return [];
      throw error;
    });
    if (!row) return null;
    return { ...row, actions: ACTIONS.filter((action) => row.actions.includes(action)) };
  }
}

function uuidOf(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
