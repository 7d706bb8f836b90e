'use strict';
// Starts one Kafka broker for the whole Jest run when the first spec asks for it, and ends it with the run.
const { createServer } = require('node:http');
const { sourceOfBroker, startBroker } = require('../../../tools/kafka/launch-broker.js');

/** Answers specs, which run in processes of their own, with the brokers of the run. */
async function offerKafka() {
  const source = await sourceOfBroker();
  process.env.TEST_KAFKA_SOURCE = source ?? '';
  if (source === null) return null;
  let starting = null;
  const server = createServer((_request, answer) => {
    starting ??= startBroker();
    starting.then(
      ({ brokers }) => answer.end(JSON.stringify({ brokers })),
      (error) => answer.writeHead(500).end(error.message),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  process.env.TEST_KAFKA_LAUNCHER = `http://127.0.0.1:${server.address().port}`;
  return {
    async stop() {
      server.closeAllConnections();
      server.close();
      delete process.env.TEST_KAFKA_LAUNCHER;
      delete process.env.TEST_KAFKA_SOURCE;
      await starting?.then((broker) => broker.stop()).catch(() => undefined);
    },
  };
}

module.exports = { offerKafka };
