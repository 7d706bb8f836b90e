import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mail } from '@encaisse/platform/mail';
import { aroundToday, found, type Merchant, openMerchant, Product, until } from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { ALL_MODULES } from './modules';

const NOBODY = { token: '' };

describe('Mails and short messages', () => {
  let product: Product;
  let merchant: Merchant;

  beforeAll(async () => {
    product = await Product.start(ALL_MODULES);
    merchant = await openMerchant(product);
    await product.settled();
  });
  afterAll(() => product.stop());

  const messages = () => product.service.platform.messages;
  const mail = (more: Partial<Mail<'contact-copy'>> = {}): Mail<'contact-copy'> => ({
    id: uuidv7(),
    template: 'contact-copy',
    data: {
      ...{ siteNumber: '1999888', rank: '032', identifier: '2', topic: '<b>Remise</b>' },
      message: 'La remise d’hier manque.\n<script>alert(1)</script>',
    },
    language: 'fr',
    recipient: 'camille.durand@example.com',
    environment: 'TEST',
    nodeId: merchant.shopId,
    about: { kind: 'contact', id: uuidv7() },
    ...more,
  });
  const journal = async (query: string, token = product.token) =>
    (await product.get(`/api/v1/mails?${query}`, { token })).body.items as Record<
      string,
      unknown
    >[];
  async function mailOnce(mailId: string, aboutId: string, state: string) {
    return found(`the mail ${mailId} as ${state}`, async () => {
      const [row] = await journal(`aboutId=${aboutId}`);
      return row?.['state'] === state ? row : undefined;
    });
  }
  async function sent(more: Partial<Mail<'contact-copy'>> = {}, state = 'SENT') {
    const one = mail(more);
    await messages().mailer.send(one);
    return mailOnce(one.id, one.about?.id ?? '', state);
  }

  it('NOTIF-18 shows in a browser what was sent, without letting a mail do anything', async () => {
    await sent();
    const list = await product.get('/dev/mail', NOBODY);
    expect(list.headers.get('content-type')).toContain('text/html');
    expect(list.text).toContain('<html lang="fr">');
    expect(list.text).toContain('Copie de votre demande');
    const { items } = (await product.get('/dev/mail.json', NOBODY)).body;
    const { id } = items[0];
    const shown = await product.get(`/dev/mail/${id}`, NOBODY);
    expect(shown.text).toContain('La remise d’hier manque.');
    expect(shown.text).not.toContain('<script');
    expect(shown.text).toContain('sandbox=""');
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await product.get(`/dev/mail/${id}/html`, NOBODY);
    expect(html.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(html.text).toContain('&lt;b&gt;Remise&lt;/b&gt;');
    const one = await product.get(`/dev/mail/${id}.json`, NOBODY);
    expect(one.body).toMatchObject({ id, to: ['camille.durand@example.com'] });
    expect(one.body.headers).toContainEqual({ name: 'auto-submitted', value: 'auto-generated' });
    expect((await product.get('/dev/mail/999999', NOBODY)).status).toBe(404);
    expect((await product.call('DELETE', '/dev/mail', undefined, NOBODY)).status).toBe(204);
    expect((await product.get('/dev/mail.json', NOBODY)).body.items).toEqual([]);
  });

  it('NOTIF-15 shows the short messages that were written to files', async () => {
    await messages().smsSender.send({
      ...{ id: uuidv7(), template: 'confirmation-code', language: 'en', environment: 'TEST' },
      data: { code: '042917', validMinutes: 10 },
      recipient: '+33612345678',
      nodeId: null,
      about: { kind: 'user', id: 'u-1' },
    });
    await mailOnce('sms', 'u-1', 'SENT');
    const [row] = await journal('channel=SMS');
    expect(row).toMatchObject({ recipient: '+336****78', template: 'confirmation-code' });
    expect((await product.get('/dev/sms', NOBODY)).text).toContain('your code is 042917');
    const { items } = (await product.get('/dev/sms.json', NOBODY)).body;
    expect(items).toMatchObject([{ to: '+33612345678' }]);
  });

  it('NOTIF-18 tells of each mail what became of it, and neither address nor content', async () => {
    const row = await sent();
    expect(row).toMatchObject({
      ...{ channel: 'MAIL', template: 'contact-copy', subject: 'Copie de votre demande' },
      ...{ recipient: 'c***@example.com', nodeId: merchant.shopId, attempts: 1, lastError: null },
    });
    expect(row['sentAt']).not.toBeNull();
    const { from, to } = aroundToday();
    const { text } = await product.get(`/api/v1/mails?from=${from}&to=${to}`);
    expect(text).toContain('c***@example.com');
    expect(text).not.toContain('camille');
    expect(text).not.toContain('La remise');
  });

  it('lists by state, template and subject, page by page', async () => {
    const kind = 'list';
    for (let index = 0; index < 3; index += 1) await sent({ about: { kind, id: uuidv7() } });
    const first = await product.get(`/api/v1/mails?aboutKind=${kind}&state=SENT&limit=2`);
    const cursor = first.body.nextCursor as string;
    const second = await product.get(
      `/api/v1/mails?aboutKind=${kind}&state=SENT&limit=2&cursor=${cursor}`,
    );
    const ids = [...first.body.items, ...second.body.items].map((one) => one.mailId);
    expect(new Set(ids).size).toBe(3);
    expect(second.body.nextCursor).toBeNull();
    expect(await journal(`aboutKind=${kind}&state=FAILED`)).toEqual([]);
    expect(await journal(`aboutKind=${kind}&template=password-reset`)).toEqual([]);
    expect((await product.get('/api/v1/mails?colour=blue')).body.code).toBe('unknown-filter');
  });

  it('shows people of a node its mails alone, and none to who may not follow them', async () => {
    const other = await openMerchant(product);
    await product.settled();
    const about = { kind: 'scope', id: uuidv7() };
    const row = await sent({ about });
    const at = (nodeId: string) => product.tokenAt(nodeId, ['operator']);
    const found = async (nodeId: string) =>
      (await journal(`aboutId=${about.id}`, await at(nodeId))).length;
    expect(await found(merchant.shopId)).toBe(1);
    expect(await found(merchant.brandId)).toBe(1);
    expect(await found(other.brandId)).toBe(0);
    const foreign = { token: await at(other.brandId) };
    const answer = await product.post(`/api/v1/mails/${String(row['mailId'])}/retry`, {}, foreign);
    const missing = await product.post(`/api/v1/mails/${uuidv7()}/retry`, {}, foreign);
    expect([answer.status, answer.body.detail]).toEqual([404, missing.body.detail]);
    const cashier = { token: await product.tokenAt(merchant.shopId, ['operate']) };
    expect((await product.get('/api/v1/mails', cashier)).status).toBe(403);
    const reader = { token: await product.tokenAt(merchant.shopId, ['read']) };
    expect((await product.get('/api/v1/mails', reader)).status).toBe(200);
    const path = `/api/v1/mails/${String(row['mailId'])}/retry`;
    expect((await product.post(path, {}, reader)).status).toBe(403);
  });

  it('NOTIF-18 has what failed tried again when somebody asks, and nothing else', async () => {
    const row = await sent({ recipient: 'refused@example.com' }, 'FAILED');
    expect(row['lastError']).toContain('550');
    const path = `/api/v1/mails/${String(row['mailId'])}/retry`;
    const answer = await product.post(path, {});
    expect([answer.status, answer.body.state]).toEqual([202, 'QUEUED']);
    await until(async () => {
      const [now] = await journal(`state=FAILED&template=contact-copy`);
      return now?.['attempts'] === 2;
    });
    const [again] = await journal(`state=FAILED`);
    expect(again).toMatchObject({ mailId: row['mailId'], attempts: 2 });
    const done = await sent();
    const refused = await product.post(`/api/v1/mails/${String(done['mailId'])}/retry`, {});
    expect([refused.status, refused.body.code]).toEqual([409, 'message-not-failed']);
  });

  it('says in its health that mails leave', async () => {
    const { body } = await product.get('/health/ready', NOBODY);
    expect(body.parts).toMatchObject({ mails: 'up', 'short messages': 'up' });
  });

  it('NOTIF-18 has no mailbox in production, keeps mails waiting there, and says why', async () => {
    const keys = mkdtempSync(join(tmpdir(), 'encaisse-mails-'));
    writeFileSync(join(keys, 'vault.key'), '22'.repeat(32));
    const production = await Product.start(ALL_MODULES, {
      NODE_ENV: 'production',
      TOKEN_KEY: randomBytes(32).toString('hex'),
      VAULT_KEY_FILE: join(keys, 'vault.key'),
    });
    const one = mail({ nodeId: null });
    await production.service.platform.messages.mailer.send(one);
    expect((await production.get('/dev/mail', NOBODY)).status).toBe(404);
    await until(async () => {
      const { body } = await production.get('/health/ready', NOBODY);
      expect(body.status).toBe('ready');
      return body.parts.mails === 'waiting: SMTP_URL is not set; messages: 1';
    });
    const [row] = await production.database.query(
      'select message_id, state, attempts from mail.messages',
    );
    expect(row).toEqual({ message_id: one.id, state: 'QUEUED', attempts: 0 });
    await production.stop();
    rmSync(keys, { recursive: true });
  });
});
