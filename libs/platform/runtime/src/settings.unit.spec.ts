import { kafkaOf } from './kafka-settings';
import { InvalidSettings, readSettings } from './settings';

const mistakesOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof InvalidSettings) return error.mistakes;
  }
  return [];
};

describe('Read the settings', () => {
  it('GEN-03 has the limits of the specification as defaults', () => {
    expect(readSettings({})).toMatchObject({
      cashOperationWindowDays: 75,
      authorizationValidityDays: 7,
      guarantee3dsDays: 7,
      historyMonths: 13,
    });
  });

  it('starts with nothing set, on loopback', () => {
    expect(readSettings({ PORT: '' })).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      acquirerAddress: { host: '127.0.0.1', port: 8000 },
      acquirerTimeoutMillis: 15_000,
      telecollectionTime: '23:00',
    });
  });

  it('takes the address of an event store, and tells a wrong one without its password', () => {
    const url = 'kurrentdb://ops:hush@log.example:2113?tls=true';
    expect(readSettings({ EVENTSTORE_URL: url }).eventStoreUrl).toBe(url);
    expect(mistakesOf({ EVENTSTORE_URL: `${url}&colour=blue` })).toEqual([
      'EVENTSTORE_URL is no address of an event store: one has no such option as colour',
    ]);
    expect(mistakesOf({ EVENTSTORE_URL: 'http://ops:hush@log' }).join()).not.toContain('hush');
  });

  it('keeps two products apart by PORT and DATA_DIR alone', () => {
    expect(readSettings({ PORT: '3100', DATA_DIR: '.other' })).toMatchObject({
      acquirerSimulatorPort: 8100,
      acquirerAddress: { port: 8100 },
      fileDropDir: '.other/file-drop',
    });
  });

  it('names every wrong variable in a line of its own', () => {
    expect(
      mistakesOf({
        PORT: 'http',
        LOG_LEVEL: 'loud',
        TELECOLLECTION_TIME: '25:00',
        ACQUIRER_TIMEOUT_MS: '0',
        DATABASE_URL: 'mysql://user:secret@host/db',
        ACQUIRER_URL: 'tcp://host',
      }),
    ).toEqual([
      'PORT must be a whole number from 1 to 65535, got « http »',
      'DATABASE_URL must be a URL of postgres or postgresql, got « host/db »',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, got « loud »',
      'ACQUIRER_URL must be tcp://host:port, got « tcp://host »',
      'ACQUIRER_TIMEOUT_MS must be a whole number from 50 to 120000, got « 0 »',
      'TELECOLLECTION_TIME must be a time of day HH:MM, got « 25:00 »',
    ]);
  });

  it('refuses fewer connections than a rebuild of a read model uses at once', () => {
    expect(readSettings({ DATABASE_POOL_SIZE: '5' }).databasePoolSize).toBe(5);
    expect(mistakesOf({ DATABASE_POOL_SIZE: '4' })).toEqual([
      'DATABASE_POOL_SIZE must be a whole number from 5 to 200, got « 4 »',
    ]);
  });

  it('reads an IPv6 address of the acquirer', () => {
    expect(readSettings({ ACQUIRER_URL: 'tcp://[::1]:8583' }).acquirerAddress).toEqual({
      host: '::1',
      port: 8583,
    });
  });

  it('reaches Kafka as it is told to, and not at all without brokers', () => {
    expect(kafkaOf(readSettings({ KAFKA_TOPIC_PARTITIONS: '12' }))).toBeNull();
    expect(
      kafkaOf(
        readSettings({
          KAFKA_BROKERS: 'one:9092, [::1]:9093',
          KAFKA_SASL_USERNAME: 'encaisse',
          KAFKA_SASL_PASSWORD: 'secret',
          KAFKA_TLS: 'on',
          KAFKA_PREFIX: 'blue',
        }),
      ),
    ).toEqual({
      brokers: ['one:9092', '[::1]:9093'],
      sasl: { mechanism: 'plain', username: 'encaisse', password: 'secret' },
      tls: { authority: null },
      prefix: 'blue',
      partitions: 6,
      replicationFactor: 1,
    });
  });

  it('names what is wrong about Kafka without telling the password', () => {
    expect(
      mistakesOf({
        KAFKA_BROKERS: 'one:9092,two',
        KAFKA_SASL_MECHANISM: 'gssapi',
        KAFKA_TLS_CA_FILE: '/nowhere/ca.pem',
        KAFKA_TOPIC_PARTITIONS: '0',
        KAFKA_PREFIX: 'a.b',
      }),
    ).toEqual([
      'KAFKA_BROKERS must be host:port, …, got « two »',
      'KAFKA_SASL_MECHANISM must be one of plain, scram-sha-256, scram-sha-512, got « gssapi »',
      expect.stringMatching(/^KAFKA_TLS_CA_FILE cannot be read: ENOENT/),
      'KAFKA_TOPIC_PARTITIONS must be a whole number from 1 to 1000, got « 0 »',
      'KAFKA_PREFIX must be letters, digits, - and _ only, at most 100',
    ]);
    expect(mistakesOf({ KAFKA_BROKERS: 'one:9092', KAFKA_SASL_PASSWORD: 'secret' })).toEqual([
      'KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are needed together',
    ]);
  });

  it('refuses generated keys in production', () => {
    expect(mistakesOf({ NODE_ENV: 'production' })).toEqual([
      'TOKEN_KEY is needed when NODE_ENV=production',
      'VAULT_KEY_FILE is needed when NODE_ENV=production',
    ]);
  });

  it('refuses in production what was made up and not drawn, and a demonstration', () => {
    const mistakes = mistakesOf({
      NODE_ENV: 'production',
      TOKEN_KEY: '11'.repeat(32),
      VAULT_KEY_FILE: '/run/secrets/vault.key',
      FIRST_ACCOUNT_TOKEN: 'change-me-please-before-going-live',
      DEMO_TREE: 'yes',
    });
    expect(mistakes).toEqual([
      'TOKEN_KEY looks like an example: draw one with openssl rand -hex 32',
      'FIRST_ACCOUNT_TOKEN looks like an example: draw one with openssl rand -hex 32',
      'DEMO_TREE cannot be yes when NODE_ENV=production',
    ]);
  });
});
