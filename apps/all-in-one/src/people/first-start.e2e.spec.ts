import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessModule } from '@encaisse/access/feature';
import { Browser, CHOSEN_PASSWORD, Product } from '@encaisse/testing';
import { firstStart } from '../first-start';
import { ALL_MODULES } from '../modules';

describe('The first start', () => {
  it('makes a demonstration tree with one user per profile, once, and tells their sign-ins', async () => {
    const product = await Product.start(ALL_MODULES, { DEMO_TREE: 'yes' });
    const lines = (await firstStart(product.service)).join('\n');
    const password = /password +(\S+)/.exec(lines)?.[1] ?? '';
    const logins = [...lines.matchAll(/demo\.\w+/g)].map(([login]) => login);
    expect(logins).toHaveLength(6);
    for (const login of logins) {
      const browser = new Browser(product);
      const opened = await browser.signIn(login, password);
      expect([login, opened.status, opened.body.gate]).toEqual([login, 201, null]);
      await browser.call('DELETE', '/api/v1/session');
    }
    const cashier = new Browser(product);
    await cashier.signIn('demo.caisse', password);
    const { nodes } = (await cashier.get('/api/v1/nodes')).body;
    expect(nodes.map(({ name }: { name: string }) => name)).toEqual(['Lille']);
    expect(await firstStart(product.service)).toEqual([]);
    await product.stop();
  });

  it('makes nothing where it is not asked for', async () => {
    const product = await Product.start(ALL_MODULES);
    expect(await firstStart(product.service)).toEqual([]);
    await product.stop();
  });
});

describe('The first start in production', () => {
  it('makes one support account, whose password is chosen with the token of the operator, once', async () => {
    const keys = mkdtempSync(join(tmpdir(), 'encaisse-first-'));
    writeFileSync(join(keys, 'vault.key'), randomBytes(32).toString('hex'));
    const token = randomBytes(32).toString('hex');
    const product = await Product.start([AccessModule], {
      NODE_ENV: 'production',
      TOKEN_KEY: randomBytes(32).toString('hex'),
      VAULT_KEY_FILE: join(keys, 'vault.key'),
      FIRST_ACCOUNT_TOKEN: token,
    });
    const choose = () =>
      product.post(
        '/api/v1/one-time-links/password',
        { token, newPassword: CHOSEN_PASSWORD, newPasswordRepeated: CHOSEN_PASSWORD },
        { token: '' },
      );
    const chosen = await choose();
    expect([chosen.status, chosen.body]).toEqual([200, { login: 'support' }]);
    expect((await choose()).body.code).toBe('link-used');
    const browser = new Browser(product);
    const opened = await browser.signIn('support', CHOSEN_PASSWORD, 'PRODUCTION');
    expect([opened.status, opened.body.gate]).toEqual([201, 'terms']);
    expect(opened.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Strict/);
    await browser.post('/api/v1/me/terms', { version: 1 });
    const { items } = (await browser.get('/api/v1/users')).body;
    expect(items.map(({ login }: { login: string }) => login)).toEqual(['support']);
    expect((await product.get('/api/v1/users')).status).toBe(401);
    await product.stop();
    rmSync(keys, { recursive: true });
  });
});
