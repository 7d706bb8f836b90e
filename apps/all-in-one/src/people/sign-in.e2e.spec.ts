import { AccessModule } from '@encaisse/access/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import {
  Browser,
  CHOSEN_PASSWORD,
  createUser,
  openMerchant,
  type Merchant,
  Product,
  signedInUser,
  type TestUser,
} from '@encaisse/testing';

const NOW = '2026-11-28T09:00:00.000Z';

let product: Product;
let merchant: Merchant;

beforeAll(async () => {
  product = await Product.start([MerchantOnboardingModule, AccessModule]);
  await product.setClock(NOW);
  merchant = await openMerchant(product);
});

afterAll(() => product.stop());

const cashier = () => signedInUser(product, { profile: 'CASHIER', nodeId: merchant.shopId });

const later = (millis: number) => new Date(Date.parse(NOW) + millis).toISOString();

/** Moves the clock for one test; time goes back afterwards. */
async function at(millis: number, work: () => Promise<void>): Promise<void> {
  await product.setClock(later(millis));
  try {
    await work();
  } finally {
    await product.setClock(NOW);
  }
}

async function fail(user: TestUser, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const answer = await new Browser(product).signIn(user.login, 'not the password');
    expect(answer.status).toBe(401);
  }
}

describe('Signing in for the first time', () => {
  it('AUTH-02 AUTH-04 AUTH-05 asks for a new password, then for the terms, before anything else', async () => {
    const user = await createUser(product, { profile: 'CASHIER', nodeId: merchant.shopId });
    const browser = new Browser(product);
    const first = await browser.signIn(user.login, user.password);
    expect([first.status, first.body.gate]).toEqual([201, 'password']);
    const closed = await browser.get('/api/v1/nodes');
    expect([closed.status, closed.body.code]).toEqual([403, 'password-change-needed']);
    const early = await browser.post('/api/v1/me/terms', { version: 1 });
    expect(early.body.code).toBe('password-change-needed');
    const change = {
      currentPassword: user.password,
      newPassword: CHOSEN_PASSWORD,
      newPasswordRepeated: CHOSEN_PASSWORD,
    };
    const changed = await browser.call('PUT', '/api/v1/me/password', change);
    expect([changed.status, changed.body.gate]).toEqual([200, 'terms']);
    expect((await browser.get('/api/v1/nodes')).body.code).toBe('terms-not-accepted');
    expect((await browser.post('/api/v1/me/terms', { version: 7 })).body.code).toBe(
      'terms-version-old',
    );
    const accepted = await browser.post('/api/v1/me/terms', { version: 1 });
    expect([accepted.status, accepted.body.gate]).toEqual([200, null]);
    const { nodes } = (await browser.get('/api/v1/nodes')).body;
    expect(nodes.map((node: { nodeId: string }) => node.nodeId)).toEqual([merchant.shopId]);
  });

  it('AUTH-02 takes a first password for a day only', async () => {
    const user = await createUser(product, { profile: 'VIEWER', nodeId: merchant.shopId });
    const day = 86_400_000;
    await at(day, async () => {
      const late = await new Browser(product).signIn(user.login, user.password);
      expect([late.status, late.body.code]).toEqual([403, 'temporary-password-expired']);
    });
    await at(day - 1, async () => {
      expect((await new Browser(product).signIn(user.login, user.password)).status).toBe(201);
    });
  });

  it('AUTH-08 refuses a wrong current password, two different entries, and a weak one', async () => {
    const { browser } = await cashier();
    const good = { currentPassword: CHOSEN_PASSWORD, newPassword: 'Nouvelle-Clef-2027!' };
    const change = (body: object) => browser.call('PUT', '/api/v1/me/password', body);
    const repeated = { newPasswordRepeated: good.newPassword };
    const answers = [
      await change({ ...good, newPasswordRepeated: 'Autre-Clef-2027!' }),
      await change({ ...good, ...repeated, currentPassword: 'wrong' }),
      await change({ ...good, newPassword: 'court', newPasswordRepeated: 'court' }),
      await change({
        ...good,
        newPassword: CHOSEN_PASSWORD,
        newPasswordRepeated: CHOSEN_PASSWORD,
      }),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'passwords-differ'],
      [403, 'current-password-wrong'],
      [422, 'password-too-short'],
      [422, 'password-used-before'],
    ]);
    expect((await change({ ...good, ...repeated })).status).toBe(200);
  });

  it('AUTH-06 asks everybody to accept a new version, and stores who did and when', async () => {
    const { user, browser } = await cashier();
    const published = await product.post('/api/v1/terms', {
      id: '0192d000-0000-7000-8000-0000000000aa',
      textFr: 'Nouvelles conditions.',
      textEn: 'New terms.',
    });
    expect([published.status, published.body.version]).toEqual([201, 2]);
    expect((await browser.get('/api/v1/nodes')).body.code).toBe('terms-not-accepted');
    expect((await browser.post('/api/v1/me/terms', { version: 2 })).status).toBe(200);
    expect((await browser.get('/api/v1/nodes')).status).toBe(200);
    const events = await product.store.readStream(`access.user-${user.userId}`);
    expect(events.at(-1)).toMatchObject({
      type: 'TermsAccepted',
      data: { version: 2, acceptedAt: NOW },
      metadata: { actor: { login: user.login } },
    });
  });
});

/** Users after the second version of the terms. */
async function ready(profile = 'CASHIER') {
  const created = await createUser(product, { profile, nodeId: merchant.shopId });
  const browser = new Browser(product);
  await browser.signIn(created.login, created.password);
  await browser.call('PUT', '/api/v1/me/password', {
    currentPassword: created.password,
    newPassword: CHOSEN_PASSWORD,
    newPasswordRepeated: CHOSEN_PASSWORD,
  });
  const { version } = (await product.get('/api/v1/terms')).body;
  await browser.post('/api/v1/me/terms', { version });
  return { user: { ...created, password: CHOSEN_PASSWORD }, browser };
}

describe('Failing to sign in', () => {
  it('AUTH-11 S7 says the same of an unknown login, a wrong password and a locked account', async () => {
    const { user } = await ready();
    await fail(user, 3);
    const wrong = await new Browser(product).signIn(user.login, 'not the password');
    const unknown = await new Browser(product).signIn('nobody.at.all', 'not the password');
    const { instance: _a, ...said } = wrong.body;
    const { instance: _b, ...saidOfNobody } = unknown.body;
    expect(said).toEqual(saidOfNobody);
    expect(wrong.status).toBe(401);
  });

  it('AUTH-11 locks after three failures in a row, and tells it only after the right password', async () => {
    const { user } = await ready();
    await fail(user, 2);
    expect((await new Browser(product).signIn(user.login, user.password)).status).toBe(409);
    await fail(user, 2);
    const locked = await new Browser(product).signIn(user.login, user.password);
    expect([locked.status, locked.body.code]).toEqual([403, 'account-locked']);
  });

  it('AUTH-11 counts failures that come at the same moment', async () => {
    const { user, browser } = await ready();
    await browser.call('DELETE', '/api/v1/session');
    const tries = Array.from({ length: 3 }, () => new Browser(product).signIn(user.login, 'wrong'));
    await Promise.all(tries);
    const locked = await new Browser(product).signIn(user.login, user.password);
    expect(locked.body.code).toBe('account-locked');
  });

  it('AUTH-11 leaves a live session alone when somebody else fails', async () => {
    const { user, browser } = await ready();
    await fail(user, 3);
    expect((await browser.get('/api/v1/nodes')).status).toBe(200);
  });

  it('AUTH-12 opens the account again when it is reset', async () => {
    const { user } = await ready();
    await fail(user, 3);
    const reset = await product.post(`/api/v1/users/${user.userId}/reset`, {
      id: '0192d000-0000-7000-8000-0000000000ab',
      delivery: 'TEMPORARY_PASSWORD',
    });
    expect(reset.status).toBe(200);
    expect(reset.body.isLocked).toBe(false);
    const back = await new Browser(product).signIn(user.login, reset.body.temporaryPassword);
    expect([back.status, back.body.gate]).toEqual([201, 'password']);
    expect((await new Browser(product).signIn(user.login, user.password)).status).toBe(401);
  });
});

describe('One session per login', () => {
  it('AUTH-03 refuses a second computer while the first session lives, not the same browser', async () => {
    const { user, browser } = await ready();
    const second = await new Browser(product).signIn(user.login, user.password);
    expect([second.status, second.body.code]).toEqual([409, 'session-elsewhere']);
    expect((await browser.signIn(user.login, user.password)).status).toBe(201);
    expect((await browser.call('DELETE', '/api/v1/session')).status).toBe(204);
    expect((await new Browser(product).signIn(user.login, user.password)).status).toBe(201);
  });

  it('AUTH-03 lets one of two computers in that come at the same moment', async () => {
    const { user, browser } = await ready();
    await browser.call('DELETE', '/api/v1/session');
    const both = await Promise.all([
      new Browser(product).signIn(user.login, user.password),
      new Browser(product).signIn(user.login, user.password),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('AUTH-03 ends a session that was idle for fifteen minutes, not one second before', async () => {
    const idle = 15 * 60_000;
    const { user, browser } = await ready();
    await at(idle - 1000, async () => {
      const early = await new Browser(product).signIn(user.login, user.password);
      expect(early.body.code).toBe('session-elsewhere');
    });
    await at(idle, async () => {
      expect((await browser.get('/api/v1/nodes')).status).toBe(401);
      expect((await new Browser(product).signIn(user.login, user.password)).status).toBe(201);
    });
  });

  it('AUTH-13 opens nothing with the cookie of a session that was signed out', async () => {
    const { browser } = await ready();
    const cookie = browser.sentCookie ?? '';
    await browser.call('DELETE', '/api/v1/session');
    const reused = await product.get('/api/v1/nodes', { token: '', headers: { cookie } });
    expect(reused.status).toBe(401);
  });

  it('AUTH-07 opens nothing with the cookie of before a change of password', async () => {
    const { browser, user } = await ready();
    const cookie = browser.sentCookie ?? '';
    const newPassword = 'Nouvelle-Clef-2027!';
    await browser.call('PUT', '/api/v1/me/password', {
      currentPassword: user.password,
      newPassword,
      newPasswordRepeated: newPassword,
    });
    const reused = await product.get('/api/v1/nodes', { token: '', headers: { cookie } });
    expect(reused.status).toBe(401);
    expect((await browser.get('/api/v1/nodes')).status).toBe(200);
  });
});

describe('A password’s age', () => {
  const day = 86_400_000;

  it('AUTH-07 forces a change after ninety days, to the second, and reminds from day eighty', async () => {
    const { user, browser } = await ready();
    await browser.call('DELETE', '/api/v1/session');
    const signIn = () => new Browser(product).signIn(user.login, user.password);
    await at(80 * day - 1000, async () => {
      const opened = new Browser(product);
      const { body } = await opened.signIn(user.login, user.password);
      expect([body.gate, body.isPasswordReminderDue]).toEqual([null, false]);
      await opened.call('DELETE', '/api/v1/session');
    });
    await at(80 * day, async () => {
      const opened = new Browser(product);
      const { body } = await opened.signIn(user.login, user.password);
      expect([body.gate, body.isPasswordReminderDue]).toEqual([null, true]);
      await opened.call('DELETE', '/api/v1/session');
    });
    await at(90 * day + 1000, async () => {
      expect((await signIn()).body.gate).toBe('password');
    });
  });
});

describe('Forged requests', () => {
  it('S3 refuses a change without the token of the page, or with another one', async () => {
    const { browser } = await ready();
    const cookie = browser.sentCookie ?? '';
    const change = (headers: Record<string, string>) =>
      product.call('DELETE', '/api/v1/session', undefined, { token: '', headers });
    expect((await change({ cookie })).body.code).toBe('csrf-token-wrong');
    const other = await ready();
    const { csrfToken } = (await other.browser.get('/api/v1/session')).body;
    const foreign = await change({ cookie, 'x-csrf-token': csrfToken });
    expect(foreign.body.code).toBe('csrf-token-wrong');
    expect((await browser.get('/api/v1/nodes')).status).toBe(200);
  });

  it('S3 knows nobody behind a cookie that was changed, or a token without a signature', async () => {
    const { browser } = await ready();
    const cookie = `${browser.sentCookie ?? ''}x`;
    expect((await product.get('/api/v1/nodes', { token: '', headers: { cookie } })).status).toBe(
      401,
    );
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    const claims = { sub: 'x', iss: 'encaisse', exp: 4e9, env: 'TEST', scopes: ['read'] };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const unsigned = await product.get('/api/v1/nodes', { token: `${header}.${payload}.` });
    expect(unsigned.status).toBe(401);
  });
});
