import { spawnSync } from 'node:child_process';

/** A server of its own kind, not a stand-in, and how to be rid of it. */
export type KurrentDbServer = { readonly url: string; stop(): Promise<void> };

const IMAGE = 'docker.io/kurrentplatform/kurrentdb:25.1';
const PORT = 2113;

function urlGiven(): string | undefined {
  return process.env['TEST_EVENTSTORE_URL'] ?? process.env['EVENTSTORE_URL'];
}

/** Whether a server is given, or a Docker engine that can start one. */
export function canHaveKurrentDbServer(): boolean {
  if (urlGiven() !== undefined) return true;
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    timeout: 5_000,
  });
  return asked.status === 0;
}

/** The server of TEST_EVENTSTORE_URL or EVENTSTORE_URL, else one in a container. */
export async function kurrentDbServer(): Promise<KurrentDbServer> {
  const url = urlGiven();
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Loaded where an engine answers.
  const { GenericContainer, Wait } = require('testcontainers') as typeof import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT)
    .withEnvironment({
      KURRENTDB_INSECURE: 'true',
      KURRENTDB_MEM_DB: 'true',
      KURRENTDB_RUN_PROJECTIONS: 'None',
    })
    .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
    .start();
  return {
    url: `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`,
    stop: async () => {
      await container.stop();
    },
  };
}
