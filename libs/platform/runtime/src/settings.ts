import { ACCESS_SETTINGS } from './access-settings';
import { EVENT_LOG_SETTINGS } from './event-log';
import { KAFKA_SETTINGS, kafkaMistakes } from './kafka-settings';
import { MESSAGE_SETTINGS, messageMistakes } from './message-settings';
import {
  oneOf,
  optional,
  type SettingDefinition,
  text,
  timeOfDay,
  urlOf,
  wholeNumber,
} from './setting-readers';

function tcpAddress(url: string): { readonly host: string; readonly port: number } {
  const found = /^tcp:\/\/(\[[0-9a-f:]+\]|[^:/]+):(\d{1,5})$/i.exec(url);
  const port = Number(found?.[2]);
  if (!found || port < 1 || port > 65_535)
    throw new Error(`must be tcp://host:port, got « ${url} »`);
  return { host: (found[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

const portRead = wholeNumber(3000, 1, 65_535);

/** Port of the simulator when none is set. A wrong PORT is told on its own line, not here again. */
function simulatorPort(environment: Readonly<Record<string, string | undefined>>): number {
  const port = Number(environment['PORT'] ?? 3000);
  return (Number.isInteger(port) ? port : 3000) + 5000;
}

/** Every setting of the product, in the order of the documentation. */
export const SETTINGS = {
  nodeEnvironment: {
    variable: 'NODE_ENV',
    meaning: 'production refuses development tokens, /dev routes and generated keys',
    shownDefault: 'development',
    read: oneOf('development', ['development', 'test', 'production'] as const),
  },
  port: {
    variable: 'PORT',
    meaning: 'HTTP port',
    shownDefault: '3000',
    read: portRead,
  },
  host: {
    variable: 'HOST',
    meaning: 'address to listen on',
    shownDefault: '127.0.0.1',
    read: text('127.0.0.1'),
  },
  dataDir: {
    variable: 'DATA_DIR',
    meaning: 'folder of the embedded database, keys and exchanged files',
    shownDefault: '.data',
    read: text('.data'),
  },
  databaseUrl: {
    variable: 'DATABASE_URL',
    meaning: 'PostgreSQL server; empty starts the embedded one in DATA_DIR',
    shownDefault: '(embedded)',
    read: urlOf(['postgres', 'postgresql'], null),
  },
  ...EVENT_LOG_SETTINGS,
  logLevel: {
    variable: 'LOG_LEVEL',
    meaning: 'least severe line that is logged',
    shownDefault: 'info',
    read: oneOf('info', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const),
  },
  tokenKey: {
    variable: 'TOKEN_KEY',
    meaning: 'hexadecimal key of at least 32 bytes that signs tokens; needed in production',
    shownDefault: '(generated in DATA_DIR outside production)',
    read: (value: string | undefined) => {
      if (value !== undefined && !/^(?:[0-9a-f]{2}){32,}$/i.test(value))
        throw new Error('must be at least 32 bytes in hexadecimal digits');
      return value ?? null;
    },
  },
  vaultKeyFile: {
    variable: 'VAULT_KEY_FILE',
    meaning: 'file with the master key of the vaults (64 hexadecimal digits); needed in production',
    shownDefault: '(generated in DATA_DIR outside production)',
    read: optional,
  },
  acquirerSimulatorPort: {
    variable: 'ACQUIRER_SIMULATOR_PORT',
    meaning: 'port of the acquirer simulator',
    shownDefault: 'PORT + 5000',
    read: (value, environment) => wholeNumber(simulatorPort(environment), 1, 65_535)(value),
  },
  acquirerAddress: {
    variable: 'ACQUIRER_URL',
    meaning: 'ISO 8583 link to the acquirer',
    shownDefault: 'tcp://127.0.0.1:<ACQUIRER_SIMULATOR_PORT>',
    read: (value, environment) =>
      tcpAddress(
        value ??
          `tcp://127.0.0.1:${environment['ACQUIRER_SIMULATOR_PORT'] ?? simulatorPort(environment)}`,
      ),
  },
  acquirerTimeoutMillis: {
    variable: 'ACQUIRER_TIMEOUT_MS',
    meaning: 'longest wait for an authorisation answer, in real time',
    shownDefault: '15000',
    read: wholeNumber(15_000, 50, 120_000),
  },
  telecollectionTime: {
    variable: 'TELECOLLECTION_TIME',
    meaning: 'time of day of telecollection for contracts that set none, Europe/Paris',
    shownDefault: '23:00',
    read: timeOfDay('23:00'),
  },
  fileDropDir: {
    variable: 'FILE_DROP_DIR',
    meaning: 'folder of remittance files (out) and of the acquirer’s answers (in)',
    shownDefault: 'DATA_DIR/file-drop',
    read: (value, environment) => value ?? `${environment['DATA_DIR'] ?? '.data'}/file-drop`,
  },
  cashOperationWindowDays: {
    variable: 'CASH_OPERATION_WINDOW_DAYS',
    meaning: 'days after acceptance in which refund, cancel and capture are possible (CASH-03)',
    shownDefault: '75',
    read: wholeNumber(75, 0, 3650),
  },
  authorizationValidityDays: {
    variable: 'AUTHORIZATION_VALIDITY_DAYS',
    meaning: 'days after which a capture or sending asks for confirmation (CASH-02)',
    shownDefault: '7',
    read: wholeNumber(7, 0, 365),
  },
  guarantee3dsDays: {
    variable: 'GUARANTEE_3DS_DAYS',
    meaning: 'days the 3-D Secure guarantee holds before sending (TRX-42)',
    shownDefault: '7',
    read: wholeNumber(7, 0, 365),
  },
  historyMonths: {
    variable: 'HISTORY_MONTHS',
    meaning: 'months that can be searched, for brands that set none (GEN-09)',
    shownDefault: '13',
    read: wholeNumber(13, 1, 120),
  },
  databasePoolSize: {
    variable: 'DATABASE_POOL_SIZE',
    meaning: 'connections to the read models, 5 at least: a rebuild uses as many at once',
    shownDefault: '10',
    read: wholeNumber(10, 5, 200),
  },
  ...ACCESS_SETTINGS,
  ...MESSAGE_SETTINGS,
  ...KAFKA_SETTINGS,
} as const satisfies Record<string, SettingDefinition<unknown>>;

/** The values in force, fixed at start. */
export type Settings = {
  readonly [Name in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Name]['read']>;
};

/** Injection token of the settings. */
export const SETTINGS_TOKEN = Symbol('settings');

/** A start refused for its settings: one line per mistake. */
export class InvalidSettings extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

/** Reads all the settings. Throws InvalidSettings naming every wrong variable. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const mistakes: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<SettingDefinition<unknown>>(SETTINGS)) {
    try {
      values[name] = setting.read(present[setting.variable], present);
    } catch (error) {
      mistakes.push(`${setting.variable} ${(error as Error).message}`);
    }
  }
  if (mistakes.length === 0)
    for (const mistakesOf of [productionMistakes, messageMistakes, kafkaMistakes])
      mistakes.push(...mistakesOf(values as Settings));
  if (mistakes.length > 0) throw new InvalidSettings(mistakes);
  return values as Settings;
}

function productionMistakes(settings: Settings): string[] {
  if (settings.nodeEnvironment !== 'production') return [];
  return [
    ...(settings.tokenKey === null ? ['TOKEN_KEY is needed when NODE_ENV=production'] : []),
    ...(settings.vaultKeyFile === null
      ? ['VAULT_KEY_FILE is needed when NODE_ENV=production']
      : []),
    ...defaultSecretMistakes(settings),
  ];
}

/** A key of few different bytes, or a word of the examples, was made up and not drawn. */
const FEWEST_BYTES = 12;
const EXAMPLE = /change.?me|example|secret|password|0123456789/i;

function defaultSecretMistakes({ tokenKey, firstAccountToken, demoTree }: Settings): string[] {
  const bytes = new Set(Buffer.from(tokenKey ?? '', 'hex'));
  const isMadeUp = tokenKey !== null && bytes.size < FEWEST_BYTES;
  const draw = 'draw one with openssl rand -hex 32';
  return [
    ...(isMadeUp ? [`TOKEN_KEY looks like an example: ${draw}`] : []),
    ...(firstAccountToken !== null && EXAMPLE.test(firstAccountToken)
      ? [`FIRST_ACCOUNT_TOKEN looks like an example: ${draw}`]
      : []),
    ...(demoTree ? ['DEMO_TREE cannot be yes when NODE_ENV=production'] : []),
  ];
}
