'use strict';
const { randomInt } = require('node:crypto');
const { createSocket } = require('node:dgram');
const { createServer } = require('node:net');

/** Below the range from which the machine gives connections a port of their own. */
const FIRST = 28_000;
const COUNT = 4_700;

/**
 * The UDP ports of the same numbers, held for as long as this process lives: what a process was given
 * stays its own while nothing listens there yet, and while what listens there is started anew. The
 * system lets them go with the process, however that ends.
 */
const claims = new Map();

function canListen(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function bindClaim(port) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(undefined)));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(socket.unref()));
  });
}

/** Takes a port for this process, if no other has it and nobody listens there; says whether it did. */
async function claimPort(port) {
  const claim = await bindClaim(port);
  if (claim === undefined) return false;
  claims.set(port, claim);
  if (await canListen(port)) return true;
  releasePort(port);
  return false;
}

/** Leaves a port to whoever asks for it next. */
function releasePort(port) {
  claims.get(port)?.close();
  claims.delete(port);
}

/** A TCP port nobody listens on, that no connection is given, and that is this process’s until it ends. */
async function freePort() {
  for (let attempt = 0; attempt < COUNT; attempt += 1) {
    const port = FIRST + randomInt(COUNT);
    if (await claimPort(port)) return port;
  }
  throw new Error(`no port from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

/** The first of `count` free ports one after the other, looked for in the range given. */
async function freePortsInARow(count, { from, below }) {
  const rows = Math.floor((below - from) / count);
  for (let attempt = 0; attempt < rows; attempt += 1) {
    const first = from + ((process.pid + attempt) % rows) * count;
    if (await claimRow(first, count)) return first;
  }
  throw new Error(`there are no ${count} free ports in a row from ${from} to ${below - 1}`);
}

async function claimRow(first, count) {
  for (let port = first; port < first + count; port += 1) {
    if (await claimPort(port)) continue;
    for (let taken = first; taken < port; taken += 1) releasePort(taken);
    return false;
  }
  return true;
}

module.exports = { claimPort, freePort, freePortsInARow, releasePort };
