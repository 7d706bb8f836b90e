'use strict';
// A Kafka broker of one node in KRaft mode, as Maven Central has it, run by the Java of the machine.
const { execFile, spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { promisify } = require('node:util');
const { freePort } = require('../ports/free-port.js');

const run = promisify(execFile);
const POM = join(__dirname, 'pom.xml');
/** Any sixteen bytes: one cluster per folder, and the folder is new. */
const CLUSTER_ID = 'ZW5jYWlzc2UtbG9jYWwtMQ';
const JAVA_OPTIONS = ['-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
/**
 * The shell waits for the broker and, on its standard input, for the end of whoever started it: a pipe
 * closes even when its owner is killed, and the broker then ends too.
 */
const TIED_TO_STARTER = `
  exec 3<&0
  java "$@" </dev/null 3<&- &
  broker=$!
  { cat <&3 >/dev/null; kill -9 $broker 2>/dev/null; } &
  wait $broker
`;

/** Whether Java and Maven answer. */
async function hasJavaAndMaven() {
  try {
    await Promise.all([run('java', ['-version']), run('mvn', ['-version'])]);
    return true;
  } catch {
    return false;
  }
}

/** Asked of Maven once per pom; from the network only when the local repository lacks a part. */
async function classpath() {
  const digest = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 16);
  const kept = join(tmpdir(), `encaisse-kafka-${process.getuid?.() ?? 0}-${digest}.txt`);
  const isUsable = (text) => text.trim() !== '' && text.trim().split(':').every(existsSync);
  if (existsSync(kept) && isUsable(readFileSync(kept, 'utf8'))) return readFileSync(kept, 'utf8');
  const goal = ['-B', '-q', '-f', POM, 'dependency:build-classpath', `-Dmdep.outputFile=${kept}`];
  await run('mvn', ['-o', ...goal]).catch(() => run('mvn', goal));
  return readFileSync(kept, 'utf8');
}

/** A broker that comes back is looked for where it was. */
async function portsOf(folder) {
  const file = join(folder, 'ports.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const [plain, controller, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  const ports = { plain, controller, secure };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

function propertiesText(properties) {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** A certificate of the broker's own, and the same as PEM for those who are to trust it. */
async function makeCertificate(folder) {
  const keystore = join(folder, 'broker.p12');
  const password = 'changeit';
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', password];
  await run('keytool', [
    ...['-genkeypair', '-alias', 'broker', '-keyalg', 'EC', '-groupname', 'secp256r1'],
    ...['-dname', 'CN=127.0.0.1', '-ext', 'SAN=ip:127.0.0.1', '-ext', 'BC=ca:true'],
    ...['-validity', '2', ...store],
  ]);
  const caFile = join(folder, 'broker.pem');
  await run('keytool', ['-exportcert', '-rfc', '-alias', 'broker', '-file', caFile, ...store]);
  return { keystore, password, caFile };
}

/** The properties of a listener that asks for TLS and for a name and password. */
async function secureListener(folder, { username, password }) {
  const certificate = await makeCertificate(folder);
  const listener = 'listener.name.secure';
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  return {
    caFile: certificate.caFile,
    properties: {
      [`${listener}.ssl.keystore.type`]: 'PKCS12',
      [`${listener}.ssl.keystore.location`]: certificate.keystore,
      [`${listener}.ssl.keystore.password`]: certificate.password,
      [`${listener}.sasl.enabled.mechanisms`]: 'PLAIN',
      [`${listener}.plain.sasl.jaas.config`]: `${login} required user_${username}="${password}";`,
    },
  };
}

function clusterProperties(logDir, ports, hasSecureListener) {
  const secure = hasSecureListener ? `,SECURE://127.0.0.1:${ports.secure}` : '';
  const brokers = `PLAINTEXT://127.0.0.1:${ports.plain}${secure}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${brokers},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': brokers,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDir,
    'auto.create.topics.enable': false,
    // One node keeps one copy; a group of one consumer need not wait for a second.
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // A broker that was killed may come back once its former self counts as gone.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 300,
  };
}

/** Writes what the storage tool would: it spares the start of a second Java. */
function formatStorage(logDir) {
  if (existsSync(join(logDir, 'meta.properties'))) return;
  mkdirSync(logDir, { recursive: true });
  const properties = { version: 1, 'cluster.id': CLUSTER_ID, 'node.id': 1 };
  writeFileSync(join(logDir, 'meta.properties'), propertiesText(properties));
}

function startProcess(classes, file) {
  const child = spawn(
    'sh',
    ['-c', TIED_TO_STARTER, 'sh', ...JAVA_OPTIONS, '-cp', classes, 'kafka.Kafka', file],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.on('error', () => undefined);
  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** As a power cut would: nothing is written any more. */
    async kill() {
      child.stdin.destroy();
      await ended;
    },
  };
}

/**
 * Prepares a folder and starts a broker in it. `security` adds a listener with TLS and SASL/PLAIN for
 * one name and password; a `folder` that is given is kept, with its ports, for the next start. The broker
 * ends when this process does.
 */
async function startJavaBroker({ security, folder: kept } = {}) {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'encaisse-kafka-'));
  mkdirSync(folder, { recursive: true });
  const [classes, ports] = await Promise.all([classpath(), portsOf(folder)]);
  const { plain, secure } = ports;
  const logDir = join(folder, 'log');
  formatStorage(logDir);
  const listener = security ? await secureListener(folder, security) : null;
  const file = join(folder, 'server.properties');
  const properties = clusterProperties(logDir, ports, listener !== null);
  writeFileSync(file, propertiesText({ ...properties, ...listener?.properties }));
  let broker = startProcess(classes.trim(), file);
  return {
    brokers: [`127.0.0.1:${plain}`],
    ...(listener ? { secureBrokers: [`127.0.0.1:${secure}`], caFile: listener.caFile } : {}),
    hasEnded: () => broker.hasEnded(),
    kill: () => broker.kill(),
    start() {
      broker = startProcess(classes.trim(), file);
    },
    async stop() {
      await broker.kill();
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

module.exports = { hasJavaAndMaven, startJavaBroker };
