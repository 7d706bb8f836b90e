import { createServer } from 'node:net';
import { constants } from 'node:os';
import { unmetNeeds } from '@encaisse/platform/event-store';
import { ROOT_NODE, TOKEN_SCOPES } from '@encaisse/platform/http';
import { BusRefused } from '@encaisse/platform/message-bus';
import { StartRefused } from './data-directory';
import { PLATFORM_STORE_NEEDS } from './event-log';
import { createApplication, type ServiceModule } from './http-application';
import { openPlatform, type Platform } from './platform';
import { portRefused } from './port-refused';
import { InvalidSettings, readSettings, type Settings } from './settings';

const DEVELOPMENT_TOKEN_SECONDS = 30 * 86_400;

/** A service that answers on its port. */
export type RunningService = {
  readonly platform: Platform;
  readonly url: string;
  /** Finishes what it began, then lets go of everything. */
  stop(): Promise<void>;
};

/** What a program does once it answers; the lines are shown with the welcome. */
export type OnReady = (service: RunningService) => Promise<readonly string[]>;

/** Starts a service from settings; the caller decides what to do about signals. */
export async function startService(
  name: string,
  modules: readonly ServiceModule[],
  settings: Settings,
): Promise<RunningService> {
  await checkPort(settings);
  const platform = await openPlatform(name, settings);
  tellUnmetNeeds(platform, modules);
  const app = await createApplication(platform, modules);
  const stop = async () => {
    platform.readiness.isStopping = true;
    await app.close();
    await platform.timedJobs.stop();
    await platform.workers.stop();
    await platform.bus.stop();
    await platform.projections.stop();
    await platform.close();
  };
  try {
    await app.init();
    await platform.projections.start();
    await platform.bus.start();
    await platform.workers.start();
    await platform.timedJobs.start();
    await app.listen({ port: settings.port, host: settings.host });
  } catch (error) {
    await stop();
    throw error instanceof BusRefused ? new StartRefused(error.message) : error;
  }
  return { platform, url: `http://${settings.host}:${settings.port}`, stop };
}

/**
 * Runs a service until it is told to stop: the whole of every `main.ts`. A mistake of the operator is
 * one line on the error output and exit code 1.
 */
export async function runService(
  name: string,
  modules: readonly ServiceModule[],
  onReady: OnReady = () => Promise.resolve([]),
): Promise<void> {
  const letStartEnd = endStartOnSignal();
  try {
    const settings = readSettings(process.env);
    const service = await startService(name, modules, settings);
    letStartEnd();
    const ready = onReady(service);
    stopOnSignal(service, ready);
    await welcome(name, service, await ready);
  } catch (error) {
    complain(error);
    process.exit(1);
  }
}

/** A feature whose needs the event store does not meet says so once, at the start. */
function tellUnmetNeeds({ store, logger }: Platform, modules: readonly ServiceModule[]): void {
  const needs = [...PLATFORM_STORE_NEEDS, ...modules.flatMap(({ storeNeeds }) => storeNeeds ?? [])];
  for (const line of unmetNeeds(needs, store.capabilities)) logger.warn(line);
}

/** Told before the database is opened, so that nothing is half started. */
async function checkPort({ host, port }: Settings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(portRefused('PORT', port, error)));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/**
 * What has not answered yet holds nothing that a crash would not leave as well: a signal ends it at
 * once, and its own database server with it. Gives what is to be called when the start is over.
 */
function endStartOnSignal(): () => void {
  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    process.stderr.write(`encaisse: ended by ${signal} before it was ready\n`);
    process.exit(128 + constants.signals[signal]);
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  return () => {
    process.removeListener('SIGTERM', onSignal);
    process.removeListener('SIGINT', onSignal);
  };
}

/** Stops a service once what it does as soon as it answers is done. */
function stopOnSignal(service: RunningService, ready: Promise<unknown>): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    await ready.catch(() => undefined);
    await service.stop();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    service.platform.logger.info({ signal }, 'stopping: finishing what was begun');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        service.platform.logger.error({ error: (error as Error).message }, 'stopped uncleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
}

async function welcome(
  name: string,
  { platform, url }: RunningService,
  more: readonly string[],
): Promise<void> {
  platform.logger.info({ url }, 'ready');
  if (platform.settings.nodeEnvironment === 'production') return;
  const token = await platform.tokens.issue({
    login: 'demo',
    displayName: 'Compte de démonstration',
    nodeId: ROOT_NODE,
    environment: 'TEST',
    scopes: TOKEN_SCOPES,
    lifetimeSeconds: DEVELOPMENT_TOKEN_SECONDS,
  });
  const lines = [
    '',
    `Encaisse (${name}) is ready at ${url}`,
    `  API and its documentation   ${url}/api/docs`,
    `  Health                      ${url}/health/ready`,
    '  A month of demonstration trade:  npm run demo   (in another terminal)',
    '  Development token (whole installation, environment TEST):',
    `    export TOKEN=${token}`,
    `    curl -H "Authorization: Bearer $TOKEN" ${url}/api/v1/nodes`,
    '',
    ...more,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function complain(error: unknown): void {
  if (error instanceof InvalidSettings) {
    for (const mistake of error.mistakes) process.stderr.write(`encaisse: ${mistake}\n`);
  } else if (error instanceof StartRefused) {
    process.stderr.write(`encaisse: ${error.message}\n`);
  } else {
    const { stack, message } = error as Error;
    process.stderr.write(`encaisse: the start failed: ${message}\n${stack ?? ''}\n`);
  }
}
