import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChildProduct, freePort } from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';

/** Somebody on whose behalf the fuzzer calls: the headers it sends with every request. */
export type FuzzedCaller = {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
};

const PROFILES = [
  ...['VIEWER', 'CASHIER', 'MANAGER', 'ENTRY_OPERATOR', 'HMAC_MANAGER'],
  ...['SUPPORT', 'AUDITOR'],
];
const PASSWORD = 'Halles-2026-Paris!';

/** The product on free ports and data of its own, with a merchant and one user of each profile. */
export class FuzzedProduct {
  private constructor(
    private readonly product: ChildProduct,
    private readonly folder: string,
    readonly callers: readonly FuzzedCaller[],
  ) {}

  static async start(root: string): Promise<FuzzedProduct> {
    const folder = mkdtempSync(join(root, '.cache', 'fuzzed-'));
    const ports = [await freePort(), await freePort(), await freePort()].map(String);
    const [port = '', acquirer = '', sink = ''] = ports;
    const product = await ChildProduct.start({
      PORT: port,
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'error',
      ACQUIRER_SIMULATOR_PORT: acquirer,
      SMTP_SINK_PORT: sink,
      ACQUIRER_TIMEOUT_MS: '200',
    });
    try {
      return new FuzzedProduct(product, folder, await callersOf(product));
    } catch (error) {
      await product.stop();
      throw error;
    }
  }

  get url(): string {
    return this.product.url;
  }

  /** What it complained of. */
  get complaints(): string {
    return this.product.text;
  }

  async stop(): Promise<void> {
    await this.product.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function callersOf(product: ChildProduct): Promise<FuzzedCaller[]> {
  const brandId = uuidv7();
  const brand = { id: brandId, level: 'BRAND', name: 'Librairie des Halles' };
  await expectStatus(201, product.call('POST', '/api/v1/nodes', brand));
  const people: FuzzedCaller[] = [];
  for (const profile of PROFILES) people.push(await signedIn(product, profile, brandId));
  const token = { name: 'token of the root', headers: bearer(product.token) };
  return [{ name: 'nobody', headers: {} }, ...people, token];
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function signedIn(
  product: ChildProduct,
  profile: string,
  nodeId: string,
): Promise<FuzzedCaller> {
  const email = `${profile.toLowerCase()}@example.com`;
  const name = 'Claire Martin';
  const user = { id: uuidv7(), name, email, profile, nodeId, delivery: 'TEMPORARY_PASSWORD' };
  const created = await expectStatus(201, product.call('POST', '/api/v1/users', user));
  const { login, temporaryPassword } = created as Record<string, string>;
  let headers: Record<string, string> = {};
  const call = async (method: string, path: string, body: object) => {
    const response = await fetch(`${product.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const { csrfToken } = (await response.json()) as { csrfToken?: string };
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? headers['cookie'] ?? '';
    headers = { cookie, 'x-csrf-token': csrfToken ?? headers['x-csrf-token'] ?? '' };
    if (response.status > 299) throw new Error(`${method} ${path} answered ${response.status}`);
  };
  await call('POST', '/api/v1/session', { login, password: temporaryPassword });
  await call('PUT', '/api/v1/me/password', {
    currentPassword: temporaryPassword,
    newPassword: PASSWORD,
    newPasswordRepeated: PASSWORD,
  });
  await call('POST', '/api/v1/me/terms', { version: 1 });
  return { name: profile, headers };
}

async function expectStatus(
  wanted: number,
  answer: Promise<{ readonly status: number; readonly body: unknown }>,
): Promise<unknown> {
  const { status, body } = await answer;
  if (status !== wanted) throw new Error(`the product was not made ready: ${JSON.stringify(body)}`);
  return body;
}
