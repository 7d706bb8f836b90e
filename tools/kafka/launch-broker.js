'use strict';
// A real Kafka broker for tests and local running: the one of KAFKA_BROKERS, else one in a container,
// else one run by Java with the parts of pom.xml. Run by itself it starts one and keeps it until it ends.
const { setTimeout: wait } = require('node:timers/promises');
const { hasDockerEngine, startDockerBroker } = require('./docker-broker.js');
const { freePort } = require('../ports/free-port.js');
const { hasJavaAndMaven, startJavaBroker } = require('./java-broker.js');

const PATIENCE_MILLIS = 90_000;

/** What a broker could be had from: 'KAFKA_BROKERS', 'docker', 'java', or null when nothing can. */
async function sourceOfBroker() {
  if (process.env.KAFKA_BROKERS) return 'KAFKA_BROKERS';
  if (await hasDockerEngine()) return 'docker';
  return (await hasJavaAndMaven()) ? 'java' : null;
}

/** Resolves once the broker answers as a member of its cluster; throws when it ended instead. */
async function untilReady(broker) {
  const { Kafka, logLevel } = require('kafkajs');
  const kafka = new Kafka({
    clientId: 'launcher',
    brokers: broker.brokers,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const deadline = performance.now() + PATIENCE_MILLIS;
  for (;;) {
    if (broker.hasEnded()) throw new Error('the Kafka broker ended instead of starting');
    if (performance.now() > deadline) throw new Error('the Kafka broker did not start in time');
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.length > 0) return;
    } catch {
      await wait(100);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

async function ready(broker) {
  try {
    await untilReady(broker);
    return broker;
  } catch (error) {
    await broker.stop();
    throw error;
  }
}

/** Starts a broker of this process's own under Java; it can be killed, started again and stopped. */
async function startOwnBroker(options = {}) {
  const broker = await ready(await startJavaBroker(options));
  return {
    ...broker,
    async start() {
      broker.start();
      await untilReady(broker);
    },
  };
}

/**
 * A broker from wherever one can be had: `{ brokers, stop }`. One under Java keeps its records in
 * `options.folder` when that is given. Throws when nothing can start one.
 */
async function startBroker(options = {}) {
  const source = await sourceOfBroker();
  if (source === 'KAFKA_BROKERS')
    return { brokers: process.env.KAFKA_BROKERS.split(','), stop: () => Promise.resolve() };
  if (source === 'docker') {
    try {
      return await ready(await startDockerBroker(await freePort()));
    } catch (error) {
      // An engine without the image and without a network is as good as none.
      if (!(await hasJavaAndMaven())) throw error;
    }
  }
  if (source === null)
    throw new Error('a Kafka broker needs KAFKA_BROKERS, a Docker engine, or Java and Maven');
  return startOwnBroker(options);
}

module.exports = { sourceOfBroker, startBroker, startOwnBroker };

if (require.main === module) {
  startBroker().then(
    ({ brokers, stop }) => {
      process.stdout.write(`KAFKA_BROKERS=${brokers.join(',')}\n`);
      const end = () => void stop().then(() => process.exit(0));
      process.once('SIGTERM', end);
      process.once('SIGINT', end);
      setInterval(() => undefined, 60_000);
    },
    (error) => {
      process.stderr.write(`kafka: ${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
