import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { CARD, ChildProduct, found, freePort, until } from '@encaisse/testing';

const folders: string[] = [];

function dataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-lifecycle-'));
  folders.push(folder);
  return folder;
}

async function environment(more: Record<string, string> = {}) {
  return {
    PORT: String(await freePort()),
    ACQUIRER_SIMULATOR_PORT: String(await freePort()),
    SMTP_SINK_PORT: String(await freePort()),
    DATA_DIR: dataDir(),
    ACQUIRER_TIMEOUT_MS: '3000',
    ...more,
  };
}

async function openMerchant(product: ChildProduct): Promise<string> {
  const [brandId, groupId, shopId, contractId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  const node = (body: object) => product.call('POST', '/api/v1/nodes', body);
  await node({ id: brandId, level: 'BRAND', name: 'Aurore' });
  await node({ id: groupId, level: 'GROUP', name: 'Nord', parentId: brandId });
  const identifiers = { siteNumber: '1999888', rank: '032', merchantIdentifier: '2' };
  await node({ id: shopId, level: 'SHOP', name: 'Lille', parentId: groupId, ...identifiers });
  await product.call('POST', '/api/v1/contracts', {
    id: contractId,
    shopId,
    contractNumber: '5201234',
    paymentMeans: 'VISA',
    currency: 'EUR',
    minimumMinor: 1,
    maximumMinor: 1_000_000,
    label: 'AURORE',
  });
  return contractId;
}

const payment = (contractId: string, minor: number) => ({
  id: uuidv7(),
  contractId,
  orderReference: 'CMD-1',
  amount: { minor, currency: 'EUR' },
  card: CARD,
});

describe('The life of the product as an operator runs it', () => {
  const running: ChildProduct[] = [];
  const start = async (settings: Record<string, string>) => {
    const product = await ChildProduct.start(settings);
    running.push(product);
    return product;
  };

  afterAll(async () => {
    await Promise.all(running.map((product) => product.stop('SIGKILL')));
    await wait(200);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('starts on an empty folder, says where to look, and keeps its data over a restart', async () => {
    const settings = await environment();
    const first = await start(settings);
    expect(first.text).toContain(`${first.url}/api/docs`);
    expect(first.text).toContain('demo.caisse');
    const contractId = await openMerchant(first);
    const order = payment(contractId, 5500);
    const taken = await first.call('POST', '/api/v1/payments', order);
    expect(taken.body.status).toBe('ACCEPTED');
    expect(await first.stop()).toBe(0);
    const second = await start(settings);
    expect(second.text).not.toContain('demo.caisse');
    const again = await second.call('POST', '/api/v1/payments', order);
    expect(again.body).toEqual(taken.body);
    expect(await second.stop()).toBe(0);
  });

  it('ends at once when it is told to before it is ready, and its database with it', async () => {
    const settings = await environment();
    const product = ChildProduct.spawn(settings);
    running.push(product);
    const serverFile = join(settings.DATA_DIR, 'postgresql', 'postmaster.pid');
    await until(() => existsSync(serverFile));
    expect(await product.stop()).toBe(128 + constants.signals.SIGTERM);
    expect(product.text.trim().split('\n').at(-1)).toBe(
      'encaisse: ended by SIGTERM before it was ready',
    );
    await until(() => !existsSync(serverFile));
  });

  it('plants the whole tree of a first start though it is told to stop meanwhile', async () => {
    const product = ChildProduct.spawn(await environment());
    running.push(product);
    await until(() => fetch(product.url).then(Boolean, () => false));
    expect(await product.stop()).toBe(0);
    expect(product.text).toContain('demo.caisse');
    expect(product.text).not.toContain('    at ');
  });

  it('finishes the payment in flight before it stops', async () => {
    const product = await start(await environment());
    const contractId = await openMerchant(product);
    const order = payment(contractId, 1091);
    const answer = product.call('POST', '/api/v1/payments', order);
    await untilInProgress(product, order);
    const code = product.stop();
    expect(await answer).toMatchObject({ status: 201, body: { status: 'PENDING' } });
    expect(await code).toBe(0);
  });

  it('reverses after kill -9 an authorisation it had begun, and keeps every acknowledged payment', async () => {
    const settings = await environment();
    const first = await start(settings);
    const contractId = await openMerchant(first);
    const acknowledged = await first.call('POST', '/api/v1/payments', payment(contractId, 5500));
    const begun = payment(contractId, 1091);
    const lost = first.call('POST', '/api/v1/payments', begun).catch(() => 'no answer');
    await untilInProgress(first, begun);
    await first.stop('SIGKILL');
    expect(await lost).toBe('no answer');

    const second = await start(settings);
    const { transactionId } = acknowledged.body;
    const kept = await second.call('GET', `/api/v1/transactions/${transactionId}`);
    expect(kept.body).toMatchObject({ status: 'ACCEPTED', acquirerStatus: 'TO_SEND' });
    const settled = await untilSettled(second, begun);
    expect(settled).toMatchObject({ status: 'REFUSED', refusalReason: 'TECHNICAL_ERROR' });
    await second.stop();
  });

  /** The acquirer leaves the payment without an answer, so it is in progress once it is recorded. */
  async function untilInProgress(product: ChildProduct, { id }: { id: string }): Promise<void> {
    const streamId = `ledger.transaction-${id}`;
    await until(async () => {
      const { body } = await product.call('GET', '/api/v1/events?after=0&limit=1000');
      return (body.items as { streamId: string }[]).some((event) => event.streamId === streamId);
    });
  }

  function untilSettled(product: ChildProduct, order: object) {
    return found('the end of the interrupted authorisation', async () => {
      const { body } = await product.call('POST', '/api/v1/payments', order);
      if (body.status === 'REFUSED') return body;
      expect([body.code, body.status]).toContain(
        body.status === 'PENDING' ? 'PENDING' : 'payment-in-progress',
      );
      return undefined;
    });
  }

  /** What the product says when another program has the port of a variable. */
  async function saidBesideATaken(variable: string, settings: Record<string, string>) {
    const other = createServer().listen(Number(settings[variable]), '127.0.0.1');
    const product = ChildProduct.spawn(settings);
    const code = await product.ended();
    other.close();
    return { code, lines: product.text.trim().split('\n') };
  }

  const refusal = (variable: string, port: string) =>
    `encaisse: ${variable} ${port} is already in use: stop the other program or set ${variable}`;

  it('says in one line that its port is taken, and changes nothing', async () => {
    const settings = await environment();
    expect(await saidBesideATaken('PORT', settings)).toEqual({
      code: 1,
      lines: [refusal('PORT', settings.PORT)],
    });
  });

  it.each(['ACQUIRER_SIMULATOR_PORT', 'SMTP_SINK_PORT'] as const)(
    'says in its last line that its %s is taken',
    async (variable) => {
      const settings = await environment();
      const { code, lines } = await saidBesideATaken(variable, settings);
      expect(code).toBe(1);
      expect(lines.at(-1)).toBe(refusal(variable, settings[variable]));
    },
  );

  it('says in one line each what is wrong with its settings', async () => {
    const product = ChildProduct.spawn(
      await environment({ LOG_LEVEL: 'loud', HISTORY_MONTHS: '0' }),
    );
    expect(await product.ended()).toBe(1);
    expect(product.text.trim().split('\n')).toEqual([
      expect.stringMatching(/^encaisse: LOG_LEVEL must be one of/),
      'encaisse: HISTORY_MONTHS must be a whole number from 1 to 120, got « 0 »',
    ]);
  });

  it('says plainly that a data folder belongs to another version', async () => {
    const settings = await environment();
    writeFileSync(join(settings.DATA_DIR, 'encaisse.json'), '{"product":"encaisse","format":99}');
    const product = ChildProduct.spawn(settings);
    expect(await product.ended()).toBe(1);
    expect(product.text).toContain('has data format 99, this program reads format 1');
    expect(product.text.trim().split('\n')).toHaveLength(1);
  });

  it('says plainly that the database files are of another PostgreSQL', async () => {
    const settings = await environment();
    const cluster = join(settings.DATA_DIR, 'postgresql');
    mkdirSync(cluster, { recursive: true });
    writeFileSync(join(cluster, 'PG_VERSION'), '15\n');
    const product = ChildProduct.spawn(settings);
    expect(await product.ended()).toBe(1);
    expect(product.text).toMatch(/PostgreSQL 15/);
    expect(product.text.trim().split('\n')).toHaveLength(1);
  });

  it('refuses the development’s conveniences in production', async () => {
    const product = ChildProduct.spawn(await environment({ NODE_ENV: 'production' }));
    expect(await product.ended()).toBe(1);
    expect(product.text).toContain('TOKEN_KEY is needed when NODE_ENV=production');
  });

  it('runs two independent products side by side', async () => {
    const [left, right] = await Promise.all([
      start(await environment()),
      start(await environment()),
    ]);
    const contractId = await openMerchant(left);
    expect((await left.call('GET', `/api/v1/contracts/${contractId}`)).status).toBe(200);
    expect((await right.call('GET', `/api/v1/contracts/${contractId}`)).status).toBe(404);
    await Promise.all([left.stop(), right.stop()]);
  });

  it('hides /dev and issues no token in production', async () => {
    const keys = dataDir();
    writeFileSync(join(keys, 'vault.key'), '22'.repeat(32));
    const settings = await environment({
      NODE_ENV: 'production',
      TOKEN_KEY: randomBytes(32).toString('hex'),
      VAULT_KEY_FILE: join(keys, 'vault.key'),
    });
    const product = ChildProduct.spawn(settings);
    running.push(product);
    while (!product.text.includes('"msg":"ready"')) {
      expect(product.text).not.toContain('encaisse:');
      await wait(100);
    }
    expect(product.text).not.toContain('TOKEN=');
    const { status, body } = await product.call('POST', '/dev/clock', { now: null });
    expect([status, body.code]).toEqual([404, 'not-found']);
    expect(await product.stop()).toBe(0);
  });
});
