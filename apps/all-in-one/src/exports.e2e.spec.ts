import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  aroundToday,
  createTestDatabase,
  found,
  type Merchant,
  openMerchant,
  pay,
  Product,
  type TestDatabase,
  until,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { ALL_MODULES } from './modules';

const NOBODY = { token: '' };
const DAY_MILLIS = 86_400_000;
const PERIOD = aroundToday();
const body = (more: object = {}) => ({
  id: uuidv7(),
  kind: 'transactions',
  search: PERIOD,
  ...more,
});

function tokenOf(product: Product, login: string, nodeId = 'root'): Promise<string> {
  return product.tokens.issue({
    ...{ login, displayName: 'Camille Durand', nodeId, environment: 'TEST' },
    ...{ scopes: ['read', 'operate'], lifetimeSeconds: 3600 },
  });
}

function exportOnce(state: string, product: Product, exportId: string, token: string) {
  return found(`the export as ${state}`, async () => {
    const { body } = await product.get(`/api/v1/exports/${exportId}`, { token });
    return body.state === state ? body : undefined;
  });
}

async function mailsAbout(product: Product, exportId: string) {
  await until(async () => {
    const { items } = (await product.get(`/api/v1/mails?aboutId=${exportId}`)).body;
    return items[0]?.state === 'SENT';
  });
  const { items } = (await product.get('/dev/mail.json', NOBODY)).body;
  return (items as { text: string; subject: string; to: string[] }[]).filter(({ text }) =>
    text.includes(exportId),
  );
}

describe('Export as a job', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.start(ALL_MODULES);
    merchant = await openMerchant(product);
    const yens = await openMerchant(product, { currency: 'JPY' });
    await pay(product, merchant, 15_000);
    await pay(product, merchant, 2_550, { orderReference: '=CMD;2' });
    await pay(product, yens, 1_200, { amount: { minor: 1_200, currency: 'JPY' } });
    await product.settled();
  });
  afterAll(() => product.stop());

  it('TRX-27 answers with the file ready when it was made in time, and mails nothing', async () => {
    const asked = body({ language: 'en' });
    const answer = await product.post('/api/v1/exports', asked);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/v1/exports/${asked.id}`);
    expect(answer.body).toMatchObject({ state: 'FINISHED', progress: 100, rowsTotal: 3 });
    const file = await product.get(`/api/v1/exports/${asked.id}/file`);
    const streamed = await product.get(
      `/api/v1/transactions/export?from=${PERIOD.from}&to=${PERIOD.to}&language=en`,
    );
    expect(file.text).toBe(streamed.text);
    expect(file.headers.get('content-disposition')).toContain(answer.body.filename);
    expect((await product.get(`/api/v1/mails?aboutId=${asked.id}`)).body.items).toEqual([]);
  });

  it('TRX-27 gives the file a manifest: rows, sums per currency and SHA-256', async () => {
    const asked = body({ columns: ['transactionNumber', 'initialAmount'] });
    await product.post('/api/v1/exports', asked);
    const { body: manifest } = await product.get(`/api/v1/exports/${asked.id}/manifest`);
    const file = await product.get(`/api/v1/exports/${asked.id}/file`);
    const hash = createHash('sha256').update(file.text);
    expect(manifest).toMatchObject({
      ...{ kind: 'transactions', format: 'csv', language: 'fr', rowCount: 3 },
      columns: ['transactionNumber', 'initialAmount'],
      search: { ...PERIOD, columns: 'transactionNumber,initialAmount' },
      sums: [
        { minor: 17_550, currency: 'EUR' },
        { minor: 1_200, currency: 'JPY' },
      ],
      bytes: Buffer.byteLength(file.text),
      sha256: hash.copy().digest('hex'),
    });
    expect(manifest.position).toBeGreaterThan(0);
    const digest = hash.digest('base64');
    expect(file.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`);
    expect(Date.parse(manifest.expiresAt) - Date.parse(manifest.createdAt)).toBe(7 * DAY_MILLIS);
  });

  it.each(['txt', 'xml', 'xlsx'])('TRX-27 makes %s files as well', async (format) => {
    const asked = body({ format });
    expect((await product.post('/api/v1/exports', asked)).body.state).toBe('FINISHED');
    const manifest = (await product.get(`/api/v1/exports/${asked.id}/manifest`)).body;
    expect(manifest).toMatchObject({ format, rowCount: 3 });
  });

  it('TRX-27 exports remittances as well', async () => {
    const asked = body({ kind: 'remittances' });
    await product.post('/api/v1/exports', asked);
    const { body: manifest } = await product.get(`/api/v1/exports/${asked.id}/manifest`);
    expect(manifest).toMatchObject({ kind: 'remittances', rowCount: 0, sums: [] });
  });

  it('GEN-11 does nothing twice for one id, and takes it for no other request', async () => {
    const asked = body();
    const [first, second] = await Promise.all([
      product.post('/api/v1/exports', asked),
      product.post('/api/v1/exports', asked),
    ]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body).toEqual(second.body);
    const third = await product.post('/api/v1/exports', asked);
    expect(third.headers.get('idempotent-replayed')).toBe('true');
    const other = await product.post('/api/v1/exports', { ...asked, format: 'xml' });
    expect([other.status, other.body.code]).toEqual([409, 'id-reused']);
    const events = await product.store.readStream(`backoffice.export-${asked.id}`);
    expect(events.map(({ type }) => type)).toEqual(['ExportRequested', 'ExportFinished']);
  });

  it('names the member of the body that breaks a rule', async () => {
    const pointers = async (more: object) =>
      (await product.post('/api/v1/exports', body(more))).body.errors.map(
        ({ pointer }: { pointer: string }) => pointer,
      );
    expect(await pointers({ search: { ...PERIOD, colour: 'blue' } })).toEqual(['/search/colour']);
    expect(await pointers({ columns: ['colour'] })).toEqual(['/columns']);
    expect(await pointers({ format: 'pdf' })).toEqual(['/format']);
    expect(await pointers({ search: { from: 1, to: 2 } })).toHaveLength(2);
  });

  it('TRX-27 gives a file to who asked for it, at their node, and to nobody else', async () => {
    const asked = body();
    const own = await tokenOf(product, 'jeanne', merchant.shopId);
    const answer = await product.post('/api/v1/exports', asked, { token: own });
    expect(answer.body).toMatchObject({ state: 'FINISHED', rowsTotal: 2 });
    const status = async (path: string, token: string) =>
      (await product.get(`/api/v1/exports/${asked.id}${path}`, { token })).status;
    const others = [
      await tokenOf(product, 'paul', merchant.shopId),
      await tokenOf(product, 'jeanne', (await openMerchant(product)).shopId),
    ];
    for (const path of ['', '/file', '/manifest']) {
      expect(await status(path, own)).toBe(200);
      for (const token of others) expect(await status(path, token)).toBe(404);
      expect(await status(path, '')).toBe(401);
    }
    const listed = async (token: string) =>
      (await product.get('/api/v1/exports', { token })).body.items as { exportId: string }[];
    expect((await listed(own)).map(({ exportId }) => exportId)).toEqual([asked.id]);
    expect(await listed(others[0]!)).toEqual([]);
  });

  it('keeps the files for their owner alone, and what was searched for out of the log', async () => {
    const search = { ...PERIOD, cardholderEmail: 'camille.durand@example.com' };
    const asked = body({ search });
    await product.post('/api/v1/exports', asked);
    const { exportDir } = product.service.platform.settings;
    for (const name of readdirSync(exportDir))
      expect(statSync(join(exportDir, name)).mode & 0o777).toBe(0o600);
    const events = await product.store.readStream(`backoffice.export-${asked.id}`);
    expect(JSON.stringify(events)).not.toContain('camille.durand@');
    const [row] = await product.database.query<{ text: string }>(
      'select long_jobs::text as text from platform.long_jobs where job_id = $1',
      [asked.id],
    );
    expect(row?.text).not.toContain('camille');
  });

  it('TRX-27 refuses the file once its time is over, and removes it', async () => {
    const asked = body();
    await product.post('/api/v1/exports', asked);
    const path = join(product.service.platform.settings.exportDir, asked.id);
    expect(existsSync(path)).toBe(true);
    const { expiresAt } = (await product.get(`/api/v1/exports/${asked.id}`)).body;
    await product.setClock(new Date(Date.parse(expiresAt) - 1).toISOString());
    expect((await product.get(`/api/v1/exports/${asked.id}/file`)).status).toBe(200);
    await product.setClock(expiresAt);
    const late = await product.get(`/api/v1/exports/${asked.id}/file`);
    expect([late.status, late.body.code]).toEqual([410, 'export-expired']);
    await product.setClock(new Date(Date.parse(expiresAt) + DAY_MILLIS).toISOString());
    expect(existsSync(path)).toBe(false);
    await product.settled();
    expect((await product.get(`/api/v1/exports/${asked.id}`)).body.state).toBe('EXPIRED');
    await product.setClock(null);
  });
});

describe('Export what takes longer than an answer', () => {
  let database: TestDatabase;
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-exports-'));
  const started: Product[] = [];
  const start = async (more: Record<string, string> = {}) => {
    const product = await Product.start(ALL_MODULES, {
      ...{ DATABASE_URL: database.url, DATA_DIR: folder, EXPORT_ANSWER_SECONDS: '0' },
      ...more,
    });
    started.push(product);
    return product;
  };
  const login = 'jeanne.martin@example.com';

  /** An export that was answered before it ended: one of a row may be there first, then another is asked. */
  const askedLonger = async (product: Product, token: string) => {
    for (let attempt = 1; ; attempt += 1) {
      const asked = body();
      const answer = await product.post('/api/v1/exports', asked, { token });
      if (answer.status !== 201 || attempt === 10) return { asked, answer };
    }
  };

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const product of started.splice(0)) await product.stop();
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('TRX-27 NOTIF-05 says so, goes on, and mails a link that needs signing in', async () => {
    const product = await start({ PUBLIC_URL: 'https://pay.example' });
    const merchant = await openMerchant(product);
    await pay(product, merchant, 15_000);
    await product.settled();
    const token = await tokenOf(product, login);
    const { asked, answer } = await askedLonger(product, token);
    expect([answer.status, answer.body.state]).toEqual([202, 'RUNNING']);
    expect(answer.headers.get('location')).toBe(`/api/v1/exports/${asked.id}`);
    const finished = await exportOnce('FINISHED', product, asked.id, token);
    expect(finished).toMatchObject({ progress: 100, rowsWritten: 1, rowsTotal: 1 });
    const [mail, ...others] = await mailsAbout(product, asked.id);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ to: [login], subject: 'Votre export est prêt' });
    expect(mail?.text).toContain(`https://pay.example/exports/${asked.id}`);
    expect(mail?.text).toContain('Lignes : 1');
    expect((await product.get(`/api/v1/exports/${asked.id}/file`, NOBODY)).status).toBe(401);
    expect((await product.get(`/api/v1/exports/${asked.id}/file`, { token })).status).toBe(200);
    await product.post('/api/v1/exports', asked, { token });
    expect(await mailsAbout(product, asked.id)).toHaveLength(1);
  });

  it('TRX-27 fails what is not done in time, and mails that there is no file', async () => {
    const product = await start({ EXPORT_MAIL_DELAY_MINUTES: '0' });
    const token = await tokenOf(product, login);
    const asked = body({ language: 'en' });
    const answer = await product.post('/api/v1/exports', asked, { token });
    // It may be given up before it is answered: there is no time at all.
    expect(answer.status).toBe(answer.body.state === 'RUNNING' ? 202 : 201);
    const failed = await exportOnce('FAILED', product, asked.id, token);
    expect(failed).toMatchObject({ failure: 'too-slow', progress: 0 });
    const [mail] = await mailsAbout(product, asked.id);
    expect(mail).toMatchObject({ to: [login], subject: 'Your export was not produced' });
    const file = await product.get(`/api/v1/exports/${asked.id}/file`, { token });
    expect([file.status, file.body.code]).toEqual([409, 'export-failed']);
    expect(existsSync(join(folder, 'exports', asked.id))).toBe(false);
  });

  it('TRX-27 begins again after a restart, and mails once', async () => {
    const before = await start();
    const { leases, workers } = before.service.platform;
    await workers.stop();
    const lease = await leases.acquire('worker.backoffice.exports');
    expect(lease).not.toBeNull();
    const token = await tokenOf(before, login);
    const asked = body();
    const answer = await before.post('/api/v1/exports', asked, { token });
    expect([answer.status, answer.body.progress]).toEqual([202, 0]);
    const early = await before.get(`/api/v1/exports/${asked.id}/file`, { token });
    expect([early.status, early.body.code]).toEqual([409, 'export-not-finished']);
    mkdirSync(join(folder, 'exports'), { recursive: true });
    writeFileSync(join(folder, 'exports', `${asked.id}.part`), 'half a fi');
    await leases.release(lease!);
    await before.stop();
    started.length = 0;
    const after = await start();
    const again = await tokenOf(after, login);
    await exportOnce('FINISHED', after, asked.id, again);
    const file = await after.get(`/api/v1/exports/${asked.id}/file`, { token: again });
    expect(file.text.split('\n')).toHaveLength(3);
    expect(await mailsAbout(after, asked.id)).toHaveLength(1);
    expect(readdirSync(join(folder, 'exports')).filter((name) => name.endsWith('.part'))).toEqual(
      [],
    );
  });
});
