import { AccessModule } from '@encaisse/access/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import {
  Browser,
  CHOSEN_PASSWORD,
  type Merchant,
  openMerchant,
  Product,
  signedInUser,
} from '@encaisse/testing';
import { Secret, TOTP } from 'otpauth';
import { uuidv7 } from 'uuidv7';

const NOW = '2026-11-28T09:00:00.000Z';
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 1440 * MINUTE;

let product: Product;
let merchant: Merchant;

beforeAll(async () => {
  product = await Product.start([MerchantOnboardingModule, AccessModule], {
    PASSWORD_ROTATION_WITH_SECOND_FACTOR: 'no',
  });
  await product.setClock(NOW);
  merchant = await openMerchant(product);
});

afterAll(() => product.stop());

const later = (millis: number) => new Date(Date.parse(NOW) + millis).toISOString();

/** Moves the clock for one test; time goes back afterwards. */
async function at<Result>(millis: number, work: () => Promise<Result>): Promise<Result> {
  await product.setClock(later(millis));
  try {
    return await work();
  } finally {
    await product.setClock(NOW);
  }
}

/** What the telephone shows, some time after the start. */
function codeAt(secret: string, millis: number): string {
  const timestamp = Date.parse(NOW) + millis;
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
}

/** Six digits that no step near the start has. */
function wrongCode(secret: string): string {
  const near = Array.from({ length: 61 }, (_, step) => codeAt(secret, (step - 30) * 30 * SECOND));
  return ['000000', '111111', '222222'].find((one) => !near.includes(one)) ?? '333333';
}

/** A user whose codes are confirmed, still signed in; the code of the start is used. */
async function withCodes(profile = 'CASHIER', nodeId = merchant.shopId) {
  const { user, browser } = await signedInUser(product, { profile, nodeId });
  const begun = await browser.post('/api/v1/me/factors/totp', { id: uuidv7(), label: 'Téléphone' });
  const { factorId, secret, uri } = begun.body;
  const confirm = (code: string) =>
    browser.post(`/api/v1/me/factors/${factorId}/confirm`, { code });
  const confirmed = await confirm(codeAt(secret, 0));
  expect([begun.status, confirmed.status]).toEqual([201, 200]);
  return { user, browser, factorId, secret, uri, confirm };
}

type WithCodes = Awaited<ReturnType<typeof withCodes>>;

/** Signs in again by password: the session stands before the second factor. */
async function atTheGate({ user, browser }: Pick<WithCodes, 'user' | 'browser'>) {
  const opened = await browser.signIn(user.login, user.password);
  expect([opened.status, opened.body.gate]).toEqual([201, 'second-factor']);
  return browser;
}

const give = (browser: Browser, code: string) =>
  browser.post('/api/v1/session/second-factor', { code });

const everything = () => product.store.readAll({ after: 0, limit: 100_000 });

async function entriesOf(login: string) {
  const recorded = await everything();
  return recorded
    .filter(
      ({ type, data }) => type === 'ActionRecorded' && 'login' in data && data.login === login,
    )
    .map(({ data }) => data as { kind: string; result: string; status: number });
}

describe('One-time codes as a second factor', () => {
  it('T15 S3 asks for a code after the password, and opens nothing else until it is given', async () => {
    const person = await withCodes();
    await at(MINUTE, async () => {
      const browser = await atTheGate(person);
      const cookie = browser.sentCookie ?? '';
      const closed = [
        await browser.get('/api/v1/nodes'),
        await browser.get('/api/v1/me/factors'),
        await browser.post('/api/v1/me/terms', { version: 1 }),
        await browser.call('PUT', '/api/v1/me/password', {
          currentPassword: person.user.password,
          newPassword: 'Nouvelle-Clef-2027!',
          newPasswordRepeated: 'Nouvelle-Clef-2027!',
        }),
        await browser.call('DELETE', `/api/v1/me/factors/${person.factorId}`, {
          currentPassword: person.user.password,
        }),
      ];
      for (const { status, body } of closed)
        expect([status, body.code]).toEqual([403, 'second-factor-needed']);
      const options = await browser.post('/api/v1/session/second-factor/options');
      expect(options.body).toEqual({ kinds: ['TOTP'], passkey: null });
      const given = await give(browser, codeAt(person.secret, MINUTE));
      expect([given.status, given.body.gate]).toEqual([200, null]);
      expect((await browser.get('/api/v1/nodes')).status).toBe(200);
      const former = await product.get('/api/v1/nodes', { token: '', headers: { cookie } });
      expect(former.status).toBe(401);
    });
  });

  it('T15 tells the secret once, to whoever begins, and keeps it sealed', async () => {
    const { browser } = await signedInUser(product, {
      profile: 'CASHIER',
      nodeId: merchant.shopId,
    });
    const request = { id: uuidv7(), label: 'Téléphone' };
    const begun = await browser.post('/api/v1/me/factors/totp', request);
    const { secret, uri, factorId } = begun.body;
    expect(uri).toMatch(/^otpauth:\/\/totp\/Encaisse/);
    expect(uri).toContain(secret);
    expect(begun.headers.get('cache-control')).toBe('no-store');
    const again = await browser.post('/api/v1/me/factors/totp', request);
    expect(again.body).toEqual({ factorId, secret: null, uri: null });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await browser.post('/api/v1/me/factors/totp', { ...request, label: 'Autre' });
    expect([other.status, other.body.code]).toEqual([409, 'id-reused']);
    const [row] = await product.database.query<{ sealed: Buffer }>(
      'select sealed from access.factors where factor_id = $1',
      [factorId],
    );
    expect(row?.sealed.includes(Buffer.from(secret))).toBe(false);
    expect(JSON.stringify(await everything())).not.toContain(secret);
  });

  it('T15 asks for nothing before a first code has confirmed', async () => {
    const { user, browser } = await signedInUser(product, {
      profile: 'CASHIER',
      nodeId: merchant.shopId,
    });
    const { body } = await browser.post('/api/v1/me/factors/totp', { id: uuidv7(), label: 'A' });
    const refused = await browser.post(`/api/v1/me/factors/${body.factorId}/confirm`, {
      code: wrongCode(body.secret),
    });
    expect([refused.status, refused.body.code]).toEqual([403, 'factor-code-wrong']);
    expect((await browser.get('/api/v1/me/factors')).body.factors).toEqual([]);
    expect((await browser.signIn(user.login, user.password)).body.gate).toBeNull();
  });

  it('T15 says the same when a confirmation is sent twice, and adds one factor', async () => {
    const { confirm, secret, user, factorId } = await withCodes();
    const again = await confirm(codeAt(secret, 0));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(again.body.factors).toEqual([
      { factorId, kind: 'TOTP', label: 'Téléphone', addedAt: NOW },
    ]);
    const events = await product.store.readStream(`access.user-${user.userId}`);
    expect(events.filter(({ type }) => type === 'FactorAdded')).toHaveLength(1);
  });

  it('T15 takes the code of this step, the one before and the next, not of two steps away', async () => {
    const person = await withCodes();
    const tries = [
      { now: 60, of: 30, status: 200 },
      { now: 120, of: 120, status: 200 },
      { now: 180, of: 210, status: 200 },
      { now: 300, of: 240, status: 401 },
      { now: 300, of: 360, status: 401 },
      { now: 300, of: 300, status: 200 },
    ];
    for (const { now, of, status } of tries)
      await at(now * SECOND, async () => {
        const browser = await atTheGate(person);
        const given = await give(browser, codeAt(person.secret, of * SECOND));
        expect([now, of, given.status]).toEqual([now, of, status]);
      });
  });

  it('T15 takes a code once, and none of an earlier step after it', async () => {
    const person = await withCodes();
    await at(MINUTE, async () => {
      const browser = await atTheGate(person);
      expect((await give(browser, codeAt(person.secret, MINUTE))).status).toBe(200);
      await atTheGate(person);
      const replayed = await give(browser, codeAt(person.secret, MINUTE));
      expect([replayed.status, replayed.body.code]).toEqual([401, 'second-factor-refused']);
      const earlier = await give(browser, codeAt(person.secret, 30 * SECOND));
      expect(earlier.body.code).toBe('second-factor-refused');
      expect((await give(browser, codeAt(person.secret, 90 * SECOND))).status).toBe(200);
    });
  });

  it('T15 takes a code once when it is sent several times at the same moment', async () => {
    const person = await withCodes();
    await at(MINUTE, async () => {
      const browser = await atTheGate(person);
      const code = codeAt(person.secret, MINUTE);
      const given = await Promise.all(Array.from({ length: 5 }, () => give(browser, code)));
      expect(given.filter(({ status }) => status === 200)).toHaveLength(1);
    });
  });

  it('T15 leaves one entry in the action log per call, right or wrong', async () => {
    const person = await withCodes();
    await at(MINUTE, async () => {
      const browser = await atTheGate(person);
      await give(browser, wrongCode(person.secret));
      await give(browser, codeAt(person.secret, MINUTE));
    });
    const entries = await entriesOf(person.user.login);
    const told = entries.filter(({ kind }) => kind === 'SECOND_FACTOR');
    expect(told.map(({ result, status }) => [result, status])).toEqual([
      ['ACCEPTED', 201],
      ['ACCEPTED', 200],
      ['REFUSED', 401],
      ['ACCEPTED', 200],
    ]);
  });
});

describe('Failing at the second factor', () => {
  it('AUTH-11 locks after three failures in a row, which the password does not clear', async () => {
    const person = await withCodes();
    await at(MINUTE, async () => {
      const browser = await atTheGate(person);
      const wrong = wrongCode(person.secret);
      for (let count = 0; count < 2; count += 1) {
        const { status, body } = await give(browser, wrong);
        expect([status, body.code]).toEqual([401, 'second-factor-refused']);
      }
      await atTheGate(person);
      expect((await give(browser, wrong)).status).toBe(401);
      const right = await give(browser, codeAt(person.secret, MINUTE));
      expect([right.status, right.body.code]).toEqual([403, 'account-locked']);
      const anew = await browser.signIn(person.user.login, person.user.password);
      expect([anew.status, anew.body.code]).toEqual([403, 'account-locked']);
      await product.settled();
      const entries = await entriesOf(person.user.login);
      expect(entries.filter(({ kind }) => kind === 'LOCK')).toHaveLength(1);
    });
  });

  it('AUTH-11 looks at three codes at most of many that come at once', async () => {
    const person = await withCodes();
    await at(MINUTE, async () => {
      const browser = await atTheGate(person);
      const wrong = wrongCode(person.secret);
      const all = await Promise.all(Array.from({ length: 8 }, () => give(browser, wrong)));
      const statuses = all.map(({ status }) => status).sort();
      expect(statuses).toEqual([401, 401, 401, 403, 403, 403, 403, 403]);
      expect((await give(browser, codeAt(person.secret, MINUTE))).status).toBe(403);
    });
  });

  it('AUTH-12 opens the account again by a reset, which keeps the second factor', async () => {
    const person = await withCodes();
    const reset = await product.post(`/api/v1/users/${person.user.userId}/reset`, {
      id: uuidv7(),
      delivery: 'TEMPORARY_PASSWORD',
    });
    const { temporaryPassword, factors } = reset.body;
    expect([reset.status, factors]).toEqual([200, 1]);
    await at(MINUTE, async () => {
      const user = { ...person.user, password: temporaryPassword };
      const browser = await atTheGate({ ...person, user });
      const given = await give(browser, codeAt(person.secret, MINUTE));
      expect([given.status, given.body.gate]).toEqual([200, 'password']);
    });
  });

  it('AUTH-03 lets nobody be kept out by a session that never gave the second factor', async () => {
    const person = await withCodes();
    await at(MINUTE, async () => {
      await person.browser.call('DELETE', '/api/v1/session');
      await atTheGate({ ...person, browser: new Browser(product) });
      const browser = await atTheGate(person);
      expect((await give(browser, codeAt(person.secret, MINUTE))).status).toBe(200);
      const second = await new Browser(product).signIn(person.user.login, person.user.password);
      expect(second.body.code).toBe('session-elsewhere');
    });
  });
});

describe('Passwords beside a second factor', () => {
  const twelve = 'Halles-2026!';
  const change = (browser: Browser) =>
    browser.call('PUT', '/api/v1/me/password', {
      currentPassword: CHOSEN_PASSWORD,
      newPassword: twelve,
      newPasswordRepeated: twelve,
    });

  it('AUTH-10 may have twelve characters, and only then', async () => {
    const { browser } = await signedInUser(product, {
      profile: 'CASHIER',
      nodeId: merchant.shopId,
    });
    const alone = await change(browser);
    expect([alone.status, alone.body.code]).toEqual([422, 'password-too-short']);
    const person = await withCodes();
    expect((await change(person.browser)).status).toBe(200);
  });

  it('AUTH-10 must be changed once the last second factor is gone', async () => {
    const person = await withCodes();
    expect((await change(person.browser)).status).toBe(200);
    const removed = await person.browser.call('DELETE', `/api/v1/me/factors/${person.factorId}`, {
      currentPassword: twelve,
    });
    expect([removed.status, removed.body.factors]).toEqual([200, []]);
    const anew = await person.browser.signIn(person.user.login, twelve);
    expect([anew.status, anew.body.gate]).toEqual([201, 'password']);
    const longer = await person.browser.call('PUT', '/api/v1/me/password', {
      currentPassword: twelve,
      newPassword: 'Nouvelle-Clef-2027!',
      newPasswordRepeated: 'Nouvelle-Clef-2027!',
    });
    expect([longer.status, longer.body.gate]).toEqual([200, null]);
    const next = await person.browser.signIn(person.user.login, 'Nouvelle-Clef-2027!');
    expect(next.body.gate).toBeNull();
  });

  it('AUTH-07 are not renewed by force where the installation says so', async () => {
    const person = await withCodes();
    const { user, browser } = await signedInUser(product, {
      profile: 'CASHIER',
      nodeId: merchant.shopId,
    });
    await at(91 * DAY, async () => {
      expect((await browser.signIn(user.login, user.password)).body.gate).toBe('password');
      const own = await atTheGate(person);
      const given = await give(own, codeAt(person.secret, 91 * DAY));
      expect([given.body.gate, given.body.passwordExpiresAt]).toEqual([null, null]);
    });
  });
});

describe('Removing second factors', () => {
  it('T15 asks for the current password or a code', async () => {
    const person = await withCodes();
    const remove = (body: object, factorId = person.factorId) =>
      person.browser.call('DELETE', `/api/v1/me/factors/${factorId}`, body);
    await at(MINUTE, async () => {
      const answers = [
        await remove({}),
        await remove({ currentPassword: 'wrong' }),
        await remove({ code: wrongCode(person.secret) }),
        await remove({ currentPassword: person.user.password }, uuidv7()),
        await remove({ code: codeAt(person.secret, MINUTE) }),
        await remove({ currentPassword: person.user.password }),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [400, 'invalid-request'],
        [403, 'current-password-wrong'],
        [403, 'factor-code-wrong'],
        [404, 'not-found'],
        [200, undefined],
        [404, 'not-found'],
      ]);
    });
  });

  it('T15 gives a foreign factor the answer of a missing one', async () => {
    const [one, other] = [await withCodes(), await withCodes()];
    const path = `/api/v1/me/factors/${other.factorId}`;
    const foreign = await one.browser.call('DELETE', path, {
      currentPassword: one.user.password,
    });
    const confirmed = await one.browser.post(`${path}/confirm`, { code: '000000' });
    expect([foreign.status, confirmed.status]).toEqual([404, 404]);
  });

  it('T15 lets a user manager remove those of a lost device, in the own scope alone', async () => {
    const person = await withCodes();
    const path = `/api/v1/users/${person.user.userId}/factors`;
    const foreign = await openMerchant(product);
    const stranger = await signedInUser(product, { profile: 'MANAGER', nodeId: foreign.shopId });
    expect((await stranger.browser.call('DELETE', path)).status).toBe(404);
    const cashier = await signedInUser(product, { profile: 'CASHIER', nodeId: merchant.shopId });
    expect((await cashier.browser.call('DELETE', path)).status).toBe(403);
    const manager = await signedInUser(product, { profile: 'MANAGER', nodeId: merchant.shopId });
    const removed = await manager.browser.call('DELETE', path);
    expect([removed.status, removed.body.factors]).toEqual([200, []]);
    expect((await person.browser.get('/api/v1/nodes')).status).toBe(401);
    const anew = await person.browser.signIn(person.user.login, person.user.password);
    expect([anew.status, anew.body.gate]).toEqual([201, 'password']);
    const again = await manager.browser.call('DELETE', path);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    const own = await manager.browser.call(
      'DELETE',
      `/api/v1/users/${manager.user.userId}/factors`,
    );
    expect([own.status, own.body.code]).toEqual([403, 'own-account']);
  });
});
