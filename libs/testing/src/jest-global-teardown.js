'use strict';
const { rmSync } = require('node:fs');

module.exports = async function stopServers() {
  await globalThis.encaisseTestKafka?.stop();
  delete globalThis.encaisseTestKafka;
  const running = globalThis.encaisseTestDatabase;
  if (running === undefined) return;
  delete globalThis.encaisseTestDatabase;
  delete process.env.TEST_DATABASE_URL;
  await running.server.stop();
  rmSync(running.dataDir, { recursive: true, force: true });
};
