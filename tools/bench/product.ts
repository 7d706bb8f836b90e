import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT_NODE, TOKEN_SCOPES, Tokens } from '@encaisse/platform/http';
import { Pool } from 'undici';
import { uuidv7 } from 'uuidv7';
import { type ChildService, startChild } from './child-service';
import { freePort } from '@encaisse/testing';

const TOKEN_KEY = '11'.repeat(32);

/** The product as a child process on a database of this run, and a client for it. */
export type BenchProduct = {
  readonly child: ChildService;
  readonly client: Pool;
  readonly token: string;
  post(this: void, path: string, body: object): Promise<unknown>;
  get(this: void, path: string): Promise<unknown>;
  /** Resolves once every read model holds all that was recorded. */
  caughtUp(this: void): Promise<void>;
  close(): Promise<void>;
};

export async function startProduct(
  url: string,
  connections: number,
  environment: Readonly<Record<string, string>> = {},
  service = 'all-in-one',
): Promise<BenchProduct> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-bench-'));
  const client = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  const isReady = async () => {
    const { statusCode, body } = await client.request({ method: 'GET', path: '/health/ready' });
    const { parts } = (await body.json()) as { parts: { acquirer?: string } };
    return statusCode === 200 && (parts.acquirer ?? 'up') === 'up';
  };
  const child = await startChild(
    `apps/${service}/src/main`,
    {
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: url,
      LOG_LEVEL: 'warn',
      DEMO_TREE: 'no',
      TOKEN_KEY,
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
      ...environment,
    },
    isReady,
  );
  const token = await new Tokens(Buffer.from(TOKEN_KEY, 'hex')).issue({
    login: 'bench',
    displayName: 'Bench',
    nodeId: ROOT_NODE,
    environment: 'TEST',
    scopes: TOKEN_SCOPES,
    lifetimeSeconds: 86_400,
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const call = async (method: 'GET' | 'POST', path: string, body: string | null) => {
    const answer = await client.request({ method, path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${text}`);
    return JSON.parse(text) as unknown;
  };
  return {
    child,
    client,
    token,
    post: (path, body) => call('POST', path, JSON.stringify(body)),
    get: (path) => call('GET', path, null),
    caughtUp: () => caughtUp(client),
    close: async () => {
      await client.destroy();
      await child.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Readiness tells the lag of each read model; nothing is late once every one is live. */
async function caughtUp(client: Pool): Promise<void> {
  for (;;) {
    const { body } = await client.request({ method: 'GET', path: '/metrics' });
    const lags = [
      ...(await body.text()).matchAll(/^encaisse_projection_lag_events\{.*\} (\d+)$/gm),
    ];
    if (lags.length > 0 && lags.every(([, lag]) => lag === '0')) return;
    await wait(200);
  }
}

/** One brand, group, shop and EUR contract. */
export async function openBenchMerchant({ post }: BenchProduct) {
  const [brandId, groupId, shopId, contractId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await post('/api/v1/nodes', { id: brandId, level: 'BRAND', name: 'Bench' });
  await post('/api/v1/nodes', { id: groupId, level: 'GROUP', name: 'Bench', parentId: brandId });
  const identifiers = { siteNumber: '1999888', rank: '032', merchantIdentifier: '2' };
  const shop = { id: shopId, level: 'SHOP', name: 'Bench', parentId: groupId, ...identifiers };
  await post('/api/v1/nodes', shop);
  await post('/api/v1/contracts', {
    id: contractId,
    shopId,
    contractNumber: '5201234',
    paymentMeans: 'VISA',
    currency: 'EUR',
    minimumMinor: 1,
    maximumMinor: 10_000_000,
    label: 'BENCH',
  });
  return { brandId, groupId, shopId, contractId };
}

/** A card of a customer, with its Luhn digit. */
export function benchCard(customer: number): string {
  const digits = `400000${String(customer).padStart(9, '0')}`;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighted = index % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
