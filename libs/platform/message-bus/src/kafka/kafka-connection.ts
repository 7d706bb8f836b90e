import { Kafka, logLevel, type SASLOptions } from 'kafkajs';

/** How to reach the brokers, and what the installation's topics and groups are called there. */
export type KafkaSettings = {
  /** `host:port` each; one that answers is enough. */
  readonly brokers: readonly string[];
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
  /** TLS with the given certificate authority in PEM, or with those of the machine. Null: no TLS. */
  readonly tls: { readonly authority: string | null } | null;
  /** First part of the names of topics and groups: several installations may share brokers. */
  readonly prefix: string;
  /** Partitions of each topic. Fixed for good: the order per key rests on it. */
  readonly partitions: number;
  readonly replicationFactor: number;
};

const CONNECTION_MILLIS = 3000;
const REQUEST_MILLIS = 15_000;

/** A client that gives up soon: those who use it know better than it when to try again. */
export function connectKafka(settings: KafkaSettings, clientId: string): Kafka {
  const { brokers, sasl, tls } = settings;
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: CONNECTION_MILLIS,
    requestTimeout: REQUEST_MILLIS,
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 1000 },
    // What fails is thrown and told by those who know what it means.
    logLevel: logLevel.NOTHING,
    ...(sasl === null ? {} : { sasl: sasl as SASLOptions }),
    ...(tls === null ? {} : { ssl: tls.authority === null ? true : { ca: [tls.authority] } }),
  });
}
