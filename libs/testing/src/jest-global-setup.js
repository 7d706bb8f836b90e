'use strict';
// Starts one PostgreSQL for the whole Jest run, whichever of its projects need it, and offers a Kafka broker.
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { offerKafka } = require('./kafka-launcher.js');

module.exports = async function startServers() {
  if (process.env.TEST_KAFKA_SOURCE === undefined)
    globalThis.encaisseTestKafka = await offerKafka();
  if (process.env.TEST_DATABASE_URL !== undefined) return;
  require('../../../tools/build/build.js').build();
  const { startEmbeddedPostgres } = require('../../../dist/libs/platform/postgres/src/index.js');
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-test-'));
  const server = await startEmbeddedPostgres({ dataDir });
  process.env.TEST_DATABASE_URL = server.url;
  globalThis.encaisseTestDatabase = { server, dataDir };
};
