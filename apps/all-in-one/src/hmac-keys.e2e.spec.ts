import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { found, type Merchant, openMerchant, Product } from '@encaisse/testing';
import { ALL_MODULES } from './modules';

const PASSPHRASE = 'Boutique en Ligne 2017!';
const OTHER_PASSPHRASE = 'Le Chat Dort A 14h';

type Mail = {
  readonly subject: string;
  readonly text: string;
  readonly to: readonly string[];
};

describe('HMAC keys', () => {
  let product: Product;
  let merchant: Merchant;
  let address: string;

  beforeAll(async () => {
    product = await Product.startWhole(ALL_MODULES);
  });
  beforeEach(async () => {
    merchant = await openMerchant(product);
    address = `web-${merchant.shopId}@example.com`;
    await product.call('PATCH', `/api/v1/shops/${merchant.shopId}/settings`, {
      id: uuidv7(),
      emails: { integrator: address },
    });
  });
  afterAll(() => product.stop());

  const path = (more = '') => `/api/v1/shops/${merchant.shopId}/hmac-keys${more}`;
  /** Everybody has a login of their own, so that the limit of one test does not reach another. */
  const tokenIn = (environment: 'TEST' | 'PRODUCTION' = 'TEST') =>
    product.tokens.issue({
      login: `camille-${uuidv7()}`,
      displayName: 'Camille Durand',
      nodeId: merchant.shopId,
      environment,
      scopes: ['read', 'operate', 'administer'],
      lifetimeSeconds: 3_600,
    });
  const create = async (body: object = {}, token?: string) =>
    product.post(
      path(),
      { id: uuidv7(), passphrase: PASSPHRASE, ...body },
      { token: token ?? (await tokenIn()) },
    );
  const list = async (token?: string) =>
    (await product.get(path(), token === undefined ? {} : { token })).body.items;
  const activate = (token: string) =>
    product.post('/api/v1/hmac-keys/activate', { token }, { token: '' });
  const digestOf = (key: string, message: string) =>
    createHmac('sha512', Buffer.from(key, 'hex')).update(message).digest('hex');
  const verify = async (key: string, message: string, token?: string) => {
    const body = { message, digest: digestOf(key, message) };
    const answer = await product.post(path('/verify'), body, token === undefined ? {} : { token });
    return answer.body.isAuthentic as boolean;
  };

  async function mails(subject: RegExp, count = 1): Promise<readonly Mail[]> {
    return found(`mail ${count} of ${String(subject)}`, async () => {
      const { items } = (await product.get('/dev/mail.json')).body as { items: readonly Mail[] };
      const ours = items.filter((one) => {
        const isOurs = JSON.stringify(one.to).includes(address);
        return isOurs && subject.test(one.subject);
      });
      return ours.length >= count ? ours : undefined;
    });
  }
  async function tokenOfMail(count = 1): Promise<string> {
    const [newest] = await mails(/Confirmer la nouvelle clé/, count);
    return /\/hmac\/activate\?id=([\w-]{43})/.exec(newest?.text ?? '')?.[1] ?? '';
  }
  async function activeKey(body: object = {}, count = 1): Promise<string> {
    const { key } = (await create(body)).body;
    expect((await activate(await tokenOfMail(count))).status).toBe(200);
    return key as string;
  }

  it('HMAC-02 HMAC-03 HMAC-05 measures a passphrase as it is typed', async () => {
    const token = await tokenIn();
    const measure = async (passphrase: string) =>
      (await product.post(path('/strength'), { passphrase }, { token })).body;
    expect(await measure('Payer en 3 fois')).toEqual({
      length: 15,
      strength: 89,
      isAccepted: false,
    });
    expect(await measure(OTHER_PASSPHRASE)).toEqual({ length: 18, strength: 90, isAccepted: true });
  });

  it.each([
    ['fourteen characters', 'T7#kd-Qw9!zRm2', 14, 97],
    ['a strength of 89 %', 'Payer en 3 fois', 15, 89],
  ])(
    'HMAC-03 makes no key of %s, whoever skips the screen',
    async (_name, passphrase, ...facts) => {
      const { body } = await create({ passphrase });
      const [length, strength] = facts;
      expect(body).toMatchObject({ status: 422, code: 'passphrase-too-weak', length, strength });
      expect(await list()).toEqual([]);
    },
  );

  it('HMAC-06 HMAC-08 HMAC-09 derives the key on the server and shows it once', async () => {
    const id = uuidv7();
    const { status, body, headers } = await create({ id });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ keyId: id, status: 'CREATED', isConfirmationMailed: true });
    expect(body.key).toMatch(/^18da7a52131bb961[0-9a-f]{102}9b9d8b945c$/);
    const again = await create({ id: uuidv7() });
    expect(again.body.key).toBe(body.key);
    const listed = await product.get(path());
    expect(listed.text).not.toContain(body.key);
    expect(listed.body.items).toHaveLength(2);
  });

  it('HMAC-10 HMAC-11 keeps a key out of force until its link is followed', async () => {
    const { key } = (await create()).body;
    expect(await verify(key, 'PBX_SITE=1999888')).toBe(false);
    const token = await tokenOfMail();
    const { status, body } = await activate(token);
    expect([status, body.shopId]).toEqual([200, merchant.shopId]);
    expect(await verify(key, 'PBX_SITE=1999888')).toBe(true);
    expect((await activate(token)).body).toMatchObject({ status: 409, code: 'key-link-used' });
    expect((await activate('A'.repeat(43))).body).toMatchObject({
      status: 404,
      code: 'key-link-unknown',
    });
  });

  it('HMAC-11 activates once when the same link is followed twenty times at once', async () => {
    await create();
    const token = await tokenOfMail();
    const answers = await Promise.all(Array.from({ length: 20 }, () => activate(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it('HMAC-11 asks on the page of the link, and confirms with its button only', async () => {
    await create();
    const token = await tokenOfMail();
    const link = `${product.url}/hmac/activate?id=${token}`;
    const asked = await fetch(link);
    const page = await asked.text();
    expect(asked.headers.get('content-type')).toContain('text/html');
    expect(asked.headers.get('cache-control')).toBe('no-store');
    expect(asked.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page).toContain(`value="${token}"`);
    expect(page).not.toContain('Votre clé est activée');
    expect((await list())[0].status).toBe('CREATED');
    const press = () =>
      fetch(`${product.url}/hmac/activate`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ id: token }),
      });
    const pressed = await press();
    expect(pressed.status).toBe(200);
    expect(await pressed.text()).toContain('<h1>Votre clé est activée</h1>');
    expect((await list())[0].status).toBe('ACTIVATED');
    const twice = await press();
    expect([twice.status, await twice.text()]).toEqual([
      409,
      expect.stringContaining('Ce lien a déjà servi'),
    ]);
    const forged = await fetch(`${product.url}/hmac/activate?id=%22%3E%3Cscript%3E`);
    expect([forged.status, await forged.text()]).toEqual([
      404,
      expect.not.stringContaining('<scr'),
    ]);
  });

  it('HMAC-11 stops the former key in the same instant', async () => {
    const former = await activeKey();
    const { key } = (await create({ passphrase: OTHER_PASSPHRASE })).body;
    expect(await verify(former, 'a=1')).toBe(true);
    expect(await verify(key, 'a=1')).toBe(false);
    await activate(await tokenOfMail(2));
    expect(await verify(former, 'a=1')).toBe(false);
    expect(await verify(key, 'a=1')).toBe(true);
    const statuses = (await list()).map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(['USED', 'SUPERSEDED']);
  });

  it('HMAC-07 T16 refuses a key of the test environment in production', async () => {
    const key = await activeKey();
    const production = await tokenIn('PRODUCTION');
    expect(await verify(key, 'a=1')).toBe(true);
    expect(await verify(key, 'a=1', production)).toBe(false);
    expect(await list(production)).toEqual([]);
    await product.call(
      'PATCH',
      `/api/v1/shops/${merchant.shopId}/settings`,
      { id: uuidv7(), emails: { integrator: address } },
      { token: production },
    );
    const other = (await create({}, production)).body.key;
    expect(other).not.toBe(key);
  });

  it('HMAC-01 HMAC-15 takes the exact message only, and refuses the key of another shop', async () => {
    const key = await activeKey();
    const message = 'PBX_SITE=1999888&PBX_RANG=032&PBX_TOTAL=5500';
    const digest = digestOf(key, message);
    const take = async (text: string) =>
      (await product.post(path('/verify'), { message: text, digest })).body.isAuthentic;
    expect(await take(message)).toBe(true);
    for (const other of [
      message.replace('5500', '5501'),
      'PBX_RANG=032&PBX_SITE=1999888&PBX_TOTAL=5500',
      `${message}&`,
      message.replace('=', '%3D'),
      `${message}\n`,
      '',
    ])
      expect(await take(other)).toBe(false);
    const stranger = await openMerchant(product);
    const elsewhere = `/api/v1/shops/${stranger.shopId}/hmac-keys/verify`;
    expect((await product.post(elsewhere, { message, digest })).body.isAuthentic).toBe(false);
  });

  it('HMAC-13 shows Créée, Activée, Utilisée; the first message marks it, no other does', async () => {
    const { key, keyId } = (await create()).body;
    expect((await list())[0]).toMatchObject({ keyId, status: 'CREATED', isInForce: false });
    await activate(await tokenOfMail());
    expect((await list())[0]).toMatchObject({ status: 'ACTIVATED', isInForce: true, usedAt: null });
    await verify('00'.repeat(64), 'a=1');
    expect((await list())[0].status).toBe('ACTIVATED');
    await Promise.all(Array.from({ length: 5 }, () => verify(key, 'a=1')));
    expect((await list())[0]).toMatchObject({ status: 'USED', usedAt: expect.any(String) });
    const all = await product.store.readAll({ after: 0, limit: 10_000 });
    const used = all.filter(
      ({ type, data }) =>
        type === 'HmacKeyFirstUsed' && (data as { keyId: string }).keyId === keyId,
    );
    expect(used).toHaveLength(1);
  });

  it('HMAC-12 NAV-06 expires after a year, warns by mail and notice, and works on', async () => {
    const key = await activeKey();
    const [{ expiresAt, activatedAt }] = await list();
    expect(Number(expiresAt.slice(0, 4)) - Number(activatedAt.slice(0, 4))).toBe(1);
    expect(expiresAt.slice(4)).toBe(activatedAt.slice(4));
    const before = new Date(Date.parse(expiresAt) - 1).toISOString();
    await product.setClock(before);
    expect((await list())[0].isExpired).toBe(false);
    expect((await product.get('/api/v1/notices', { token: await tokenIn() })).body.items).toEqual(
      [],
    );
    await product.setClock(expiresAt);
    expect((await list())[0]).toMatchObject({ isExpired: true, isInForce: true });
    const [mail] = await mails(/Votre clé HMAC a expiré/);
    expect(mail?.text).toContain('fonctionne encore');
    const notices = await product.get('/api/v1/notices', { token: await tokenIn() });
    expect(notices.body.items).toEqual([
      expect.objectContaining({ notice: 'HMAC_KEY_EXPIRED', shopId: merchant.shopId }),
    ]);
    expect(await verify(key, 'a=1')).toBe(true);
    await product.setClock(null);
  });

  it('HMAC-11 gives up a key that nobody confirmed within seven days', async () => {
    await create();
    const token = await tokenOfMail();
    const [{ confirmableUntil, createdAt }] = await list();
    expect(Date.parse(confirmableUntil) - Date.parse(createdAt)).toBe(7 * 86_400_000);
    await product.setClock(confirmableUntil);
    expect((await activate(token)).body).toMatchObject({ status: 410, code: 'key-link-ended' });
    expect((await list())[0].status).toBe('DISCARDED');
    await product.setClock(null);
  });

  it('HMAC-16 gives a prospect a trial key, which stops after thirty days', async () => {
    const refused = await create({ kind: 'TRIAL' });
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'trial-not-possible',
      because: 'ACTIVE_CONTRACT',
    });
    await product.post(`/api/v1/contracts/${merchant.contractId}/deactivate`, { id: uuidv7() });
    const { status, body } = await create({ kind: 'TRIAL' });
    expect([status, body.status, body.isConfirmationMailed]).toEqual([201, 'ACTIVATED', false]);
    expect(Date.parse(body.expiresAt) - Date.parse(body.activatedAt)).toBe(30 * 86_400_000);
    expect(await verify(body.key, 'a=1')).toBe(true);
    await product.setClock(new Date(Date.parse(body.expiresAt) - 1).toISOString());
    expect(await verify(body.key, 'a=1')).toBe(true);
    await product.setClock(body.expiresAt);
    expect(await verify(body.key, 'a=1')).toBe(false);
    await product.setClock(null);
  });

  it('HMAC-10 asks for an address that the link can be sent to', async () => {
    const settings = `/api/v1/shops/${merchant.shopId}/settings`;
    await product.call('PATCH', settings, { id: uuidv7(), emails: { integrator: null } });
    const { body } = await create();
    expect(body).toMatchObject({ status: 422, code: 'integrator-address-missing' });
    expect(
      await product.database.query('select 1 from security.message_keys where shop_id = $1', [
        merchant.shopId,
      ]),
    ).toEqual([]);
  });

  it('GEN-11 repeats a creation for whoever types the same passphrase, and mails no second link', async () => {
    const id = uuidv7();
    const first = await create({ id });
    const again = await create({ id });
    expect([again.status, again.body.key]).toEqual([201, first.body.key]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await create({ id, passphrase: OTHER_PASSPHRASE });
    expect(other.body).toMatchObject({ status: 409, code: 'id-reused' });
    await activate(await tokenOfMail());
    await wait(500);
    expect(await mails(/Confirmer la nouvelle clé/)).toHaveLength(1);
  });

  it('holds those who guess to ten keys in a minute', async () => {
    const token = await tokenIn();
    const answers: number[] = [];
    for (let tries = 0; tries < 11; tries += 1)
      answers.push((await create({ passphrase: 'weak' }, token)).status);
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 422));
    expect(answers[10]).toBe(429);
  });

  it('TREE-03 shows a shop outside the own node to nobody', async () => {
    await create();
    const stranger = await openMerchant(product);
    const token = await product.tokenAt(stranger.brandId, ['read', 'administer']);
    for (const answer of [
      await product.get(path(), { token }),
      await product.post(path(), { id: uuidv7(), passphrase: PASSPHRASE }, { token }),
      await product.post(path('/strength'), { passphrase: PASSPHRASE }, { token }),
      await product.post(path('/verify'), { message: 'a', digest: '0'.repeat(128) }, { token }),
    ])
      expect(answer.status).toBe(404);
  });
});
