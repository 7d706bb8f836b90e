'use strict';
// A Kafka broker in a container, where an engine answers.
const { request } = require('node:http');

const IMAGE = 'apache/kafka:4.1.0';
const PING_MILLIS = 1000;

/** Where the engine listens, as options of a request. Null when the address is of a kind not asked here. */
function engineAddress() {
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (!host.startsWith('tcp://')) return null;
  const { hostname, port } = new URL(host);
  return { hostname, port };
}

/** Whether an engine answers, not only whether a client is installed. */
function hasDockerEngine() {
  const address = engineAddress();
  if (address === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const ping = request({ ...address, path: '/_ping', timeout: PING_MILLIS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

/** Testcontainers ends the container when this process ends, however it ends. */
async function startDockerBroker(port) {
  const { GenericContainer, Wait } = require('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  return {
    brokers: [`127.0.0.1:${port}`],
    hasEnded: () => false,
    stop: async () => {
      await container.stop();
    },
  };
}

module.exports = { hasDockerEngine, startDockerBroker };
