import { readFileSync } from 'node:fs';
import type { KafkaSettings } from '@encaisse/platform/message-bus';
import { oneOf, optional, type SettingDefinition, wholeNumber } from './setting-readers';

const BROKER = /^(\[[0-9a-f:]+\]|[^\s:/,]+):\d{1,5}$/i;
const NAME = /^[\w-]{1,100}$/;
/** What Kafka takes as the default of a topic, and what a single broker can keep. */
const PARTITIONS = 6;

function brokerList(value: string | undefined): readonly string[] | null {
  if (value === undefined) return null;
  const brokers = value.split(',').map((broker) => broker.trim());
  const wrong = brokers.find((broker) => !BROKER.test(broker));
  if (wrong !== undefined) throw new Error(`must be host:port, …, got « ${wrong} »`);
  return brokers;
}

function topicPrefix(value: string | undefined): string {
  const prefix = value ?? 'encaisse';
  if (!NAME.test(prefix)) throw new Error('must be letters, digits, - and _ only, at most 100');
  return prefix;
}

/** The file is read at the start: a later change of it needs another start. */
function certificateFile(value: string | undefined): string | null {
  if (value === undefined) return null;
  try {
    return readFileSync(value, 'utf8');
  } catch (error) {
    throw new Error(`cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The settings of the message bus over Kafka. Without brokers consumers read the log themselves. */
export const KAFKA_SETTINGS = {
  kafkaBrokers: {
    variable: 'KAFKA_BROKERS',
    meaning: 'Kafka brokers, host:port separated by commas; empty keeps messages in PostgreSQL',
    shownDefault: '(none)',
    read: brokerList,
  },
  kafkaSaslMechanism: {
    variable: 'KAFKA_SASL_MECHANISM',
    meaning: 'how to sign in at the brokers, with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
    shownDefault: 'plain',
    read: oneOf('plain', ['plain', 'scram-sha-256', 'scram-sha-512'] as const),
  },
  kafkaSaslUsername: {
    variable: 'KAFKA_SASL_USERNAME',
    meaning: 'name at the brokers; empty does not sign in',
    shownDefault: '(none)',
    read: optional,
  },
  kafkaSaslPassword: {
    variable: 'KAFKA_SASL_PASSWORD',
    meaning: 'password at the brokers; never logged',
    shownDefault: '(none)',
    read: optional,
  },
  kafkaTls: {
    variable: 'KAFKA_TLS',
    meaning: 'on speaks TLS with the brokers',
    shownDefault: 'off, on with KAFKA_TLS_CA_FILE',
    read: (value, environment) =>
      oneOf(environment['KAFKA_TLS_CA_FILE'] === undefined ? 'off' : 'on', ['on', 'off'] as const)(
        value,
      ),
  },
  kafkaTlsAuthority: {
    variable: 'KAFKA_TLS_CA_FILE',
    meaning: 'file with the certificate authority of the brokers (PEM)',
    shownDefault: '(those of the machine)',
    read: certificateFile,
  },
  kafkaTopicPartitions: {
    variable: 'KAFKA_TOPIC_PARTITIONS',
    meaning: 'partitions of each topic; fixed for good with the first start',
    shownDefault: String(PARTITIONS),
    read: wholeNumber(PARTITIONS, 1, 1000),
  },
  kafkaReplicationFactor: {
    variable: 'KAFKA_REPLICATION_FACTOR',
    meaning: 'copies of each record among the brokers; 3 in production',
    shownDefault: '1',
    read: wholeNumber(1, 1, 10),
  },
  kafkaPrefix: {
    variable: 'KAFKA_PREFIX',
    meaning: 'first part of the names of topics and groups; installations may share brokers',
    shownDefault: 'encaisse',
    read: topicPrefix,
  },
} as const satisfies Record<string, SettingDefinition<unknown>>;

type KafkaValues = {
  readonly [Name in keyof typeof KAFKA_SETTINGS]: ReturnType<(typeof KAFKA_SETTINGS)[Name]['read']>;
};

/** What is wrong with the settings together. */
export function kafkaMistakes(values: KafkaValues): string[] {
  const { kafkaSaslUsername: username, kafkaSaslPassword: password } = values;
  return [
    ...((username === null) === (password === null)
      ? []
      : ['KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are needed together']),
    ...(values.kafkaTls === 'off' && values.kafkaTlsAuthority !== null
      ? ['KAFKA_TLS_CA_FILE is of no use with KAFKA_TLS=off']
      : []),
  ];
}

/** How to reach the brokers, null without any. */
export function kafkaOf(values: KafkaValues): KafkaSettings | null {
  const { kafkaBrokers: brokers, kafkaSaslUsername: username } = values;
  if (brokers === null) return null;
  const { kafkaSaslMechanism: mechanism, kafkaSaslPassword: password } = values;
  return {
    brokers,
    sasl: username === null ? null : { mechanism, username, password: password ?? '' },
    tls: values.kafkaTls === 'on' ? { authority: values.kafkaTlsAuthority } : null,
    prefix: values.kafkaPrefix,
    partitions: values.kafkaTopicPartitions,
    replicationFactor: values.kafkaReplicationFactor,
  };
}
