'use strict';
const { randomInt } = require('node:crypto');
const { createServer } = require('node:net');

/** Below the range from which the machine gives connections a port of their own. */
const FIRST = 28_000;
const COUNT = 4_700;

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** A TCP port nobody listens on right now, and that no connection is given meanwhile. */
async function freePort() {
  for (;;) {
    const port = FIRST + randomInt(COUNT);
    if (await isFree(port)) return port;
  }
}

module.exports = { freePort };
