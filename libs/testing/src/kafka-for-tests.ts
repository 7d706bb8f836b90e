import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { REPOSITORY } from './repository';

const LAUNCHER = join(REPOSITORY, 'tools', 'kafka', 'launch-broker.js');

/** A broker of a spec's own, that it may kill and start again. */
export type OwnKafkaBroker = {
  readonly brokers: readonly string[];
  /** The listener with TLS and SASL/PLAIN, and the certificate authority to trust it by. */
  readonly secureBrokers?: readonly string[];
  readonly caFile?: string;
  /** As a power cut would: it says and writes nothing more. */
  kill(): Promise<void>;
  /** Starts it again on what it had written; resolves once it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** Whether a Kafka broker can be had here at all. */
export const isKafkaThere = (process.env['TEST_KAFKA_SOURCE'] ?? '') !== '';
/** Whether one can be started by Java, for specs that kill it or give it certificates. */
export const canStartOwnKafka = process.env['TEST_KAFKA_SOURCE'] === 'java';

/** The brokers of the Jest run, started with the first call of the run. */
export async function kafkaBrokers(): Promise<readonly string[]> {
  const launcher = process.env['TEST_KAFKA_LAUNCHER'];
  if (launcher === undefined)
    throw new Error('TEST_KAFKA_LAUNCHER is not set: run the int or e2e project of jest.config.js');
  const answer = await fetch(launcher);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`no Kafka broker could be started: ${text}`);
  return (JSON.parse(text) as { brokers: string[] }).brokers;
}

/** Topics and groups of one spec's own on brokers it shares with others. */
export function kafkaPrefix(): string {
  return `test-${process.pid}-${randomBytes(5).toString('hex')}`;
}

export function startOwnKafka(security?: {
  readonly username: string;
  readonly password: string;
}): Promise<OwnKafkaBroker> {
  type Launcher = { readonly startOwnBroker: (options: object) => Promise<OwnKafkaBroker> };
  const launcher = jest.requireActual<Launcher>(LAUNCHER);
  return launcher.startOwnBroker(security === undefined ? {} : { security });
}
