import { AccessModule } from '@encaisse/access/feature';
import { MailSinkModule } from '@encaisse/mail-sink/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import {
  Browser,
  CHOSEN_PASSWORD,
  mailTo,
  type Merchant,
  openMerchant,
  openShop,
  Product,
  signedInUser,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';

let product: Product;
let merchant: Merchant;
let other: Merchant;
let manager: { readonly user: { readonly userId: string }; readonly browser: Browser };

beforeAll(async () => {
  product = await Product.start([MailSinkModule, MerchantOnboardingModule, AccessModule]);
  merchant = await openMerchant(product);
  other = await openMerchant(product);
  manager = await signedInUser(product, { profile: 'MANAGER', nodeId: merchant.brandId });
});

afterAll(() => product.stop());

let made = 0;

function newcomer(change: object = {}) {
  made += 1;
  return {
    id: uuidv7(),
    name: 'Sacha Petit',
    email: `sacha.${made}@example.com`,
    profile: 'CASHIER',
    nodeId: merchant.shopId,
    ...change,
  };
}

const create = (body: object) => manager.browser.post('/api/v1/users', body);

async function usersOf(browser: Browser, query = ''): Promise<string[]> {
  const { items } = (await browser.get(`/api/v1/users${query}`)).body;
  return items.map(({ login }: { login: string }) => login);
}

const tokenIn = (text: string) => /\/password#([\w-]+)/.exec(text)?.[1] ?? '';

describe('Create a user', () => {
  it('UMGT-05 UMGT-07 AUTH-12 mails a link with which the user chooses a password, once', async () => {
    const body = newcomer();
    const created = await create(body);
    expect(created.status).toBe(201);
    expect(created.body.temporaryPassword).toBeUndefined();
    expect(created.body.login).toMatch(/^sacha\.petit\.\d{4}$/);
    const token = tokenIn((await mailTo(product, body.email)).text);
    const choose = (newPassword: string) =>
      product.post(
        '/api/v1/one-time-links/password',
        { token, newPassword, newPasswordRepeated: newPassword },
        { token: '' },
      );
    expect((await choose('trop court')).body.code).toBe('password-too-short');
    const chosen = await choose(CHOSEN_PASSWORD);
    expect([chosen.status, chosen.body.login]).toEqual([200, created.body.login]);
    expect((await choose('Une-Autre-Clef-27!')).body.code).toBe('link-used');
    const opened = await new Browser(product).signIn(created.body.login, CHOSEN_PASSWORD);
    expect([opened.status, opened.body.gate]).toEqual([201, 'terms']);
  });

  it('AUTH-12 knows no link that was made up, and none that a newer one replaced', async () => {
    const body = newcomer();
    const { userId } = (await create(body)).body;
    const first = tokenIn((await mailTo(product, body.email)).text);
    await manager.browser.post(`/api/v1/users/${userId}/reset`, { id: uuidv7() });
    await mailTo(product, body.email, 2);
    for (const token of [first, 'made-up'])
      expect(
        (
          await product.post('/api/v1/one-time-links/password', {
            token,
            newPassword: CHOSEN_PASSWORD,
            newPasswordRepeated: CHOSEN_PASSWORD,
          })
        ).body.code,
      ).toBe('link-unknown');
  });

  it('does nothing twice, and refuses another user under the same id', async () => {
    const body = { ...newcomer(), login: `sacha.${made}` };
    const first = await create(body);
    const again = await create(body);
    expect(again.body.userId).toBe(first.body.userId);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const different = await create({ ...body, profile: 'VIEWER' });
    expect([different.status, different.body.code]).toEqual([409, 'id-reused']);
  });

  it.each([
    ['a login in use', () => ({ login: 'sacha.taken' }), 409, 'login-taken'],
    ['a profile of the bank', () => ({ profile: 'SUPPORT' }), 403, 'profile-not-allowed'],
    ['a node elsewhere', () => ({ nodeId: other.shopId }), 404, 'not-found'],
    ['a node that is not there', () => ({ nodeId: uuidv7() }), 404, 'not-found'],
    ['an address in use', () => ({ email: 'taken@example.com' }), 409, 'email-taken'],
    ['a first password', () => ({ delivery: 'TEMPORARY_PASSWORD' }), 403, 'delivery-not-allowed'],
    ['a name of two lines', () => ({ name: 'Sacha\nConnexion' }), 400, 'invalid-request'],
    ['a field nobody knows', () => ({ isLocked: false }), 400, 'unknown-field'],
  ])('is refused for %s', async (_what, change, status, code) => {
    await create(newcomer({ login: 'sacha.taken', email: 'taken@example.com' }));
    const before = (await usersOf(manager.browser)).length;
    const answer = await create(newcomer(change()));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await usersOf(manager.browser)).length).toBe(before);
  });

  it('S7 lets an address be used that somebody of another brand has', async () => {
    const email = `ailleurs.${uuidv7()}@example.com`;
    await signedInUser(product, { profile: 'VIEWER', nodeId: other.shopId, email });
    expect((await create(newcomer({ email }))).status).toBe(201);
  });
});

describe('The list of users', () => {
  it('UMGT-01 UMGT-02 UMGT-03 TREE-03 shows the users of a node and below, to managers alone', async () => {
    const shop = await openShop(product, merchant.groupId);
    const here = await signedInUser(product, {
      profile: 'CASHIER',
      nodeId: shop.shopId,
      mobile: '+33611112222',
    });
    const foreign = await signedInUser(product, { profile: 'CASHIER', nodeId: other.shopId });
    const all = await usersOf(manager.browser);
    expect(all).toContain(here.user.login);
    expect(all).not.toContain(foreign.user.login);
    expect(await usersOf(manager.browser, `?nodeId=${shop.shopId}`)).toEqual([here.user.login]);
    const [row] = (await manager.browser.get(`/api/v1/users?nodeId=${shop.shopId}`)).body.items;
    expect(row).toMatchObject({
      name: 'Claire Martin',
      level: 'SHOP',
      nodeName: 'Lille',
      profile: 'CASHIER',
      mobile: '+33611112222',
      weekConnections: 1,
      connections: 1,
    });
    expect((await here.browser.get('/api/v1/users')).status).toBe(403);
    const elsewhere = await manager.browser.get(`/api/v1/users/${foreign.user.userId}`);
    const nowhere = await manager.browser.get(`/api/v1/users/${uuidv7()}`);
    expect([elsewhere.status, elsewhere.body.detail]).toEqual([404, nowhere.body.detail]);
  });

  it('UMGT-03 counts the connections of the ISO week and of all weeks', async () => {
    await product.setClock('2026-12-06T22:00:00.000Z');
    const { user, browser } = await signedInUser(product, {
      profile: 'VIEWER',
      nodeId: merchant.shopId,
    });
    await browser.signIn(user.login, user.password);
    const counts = async () => {
      const { weekConnections, connections } = (await product.get(`/api/v1/users/${user.userId}`))
        .body;
      return [weekConnections, connections];
    };
    await product.settled();
    expect(await counts()).toEqual([2, 2]);
    await product.setClock('2026-12-06T23:00:00.000Z');
    expect(await counts()).toEqual([0, 2]);
    await new Browser(product).signIn(user.login, user.password);
    await product.settled();
    expect(await counts()).toEqual([1, 3]);
    await product.setClock(null);
  });
});

describe('Change a user', () => {
  const change = (userId: string, body: object) =>
    manager.browser.call('PATCH', `/api/v1/users/${userId}`, body);

  it('UMGT-06 S4 gives and takes rights that act on the next request of an open session', async () => {
    const { user, browser } = await signedInUser(product, {
      profile: 'VIEWER',
      nodeId: merchant.shopId,
    });
    expect((await browser.get('/api/v1/users')).status).toBe(403);
    expect((await change(user.userId, { profile: 'MANAGER' })).status).toBe(200);
    expect((await browser.get('/api/v1/users')).status).toBe(200);
    await change(user.userId, { profile: 'ENTRY_OPERATOR' });
    expect((await browser.get('/api/v1/users')).status).toBe(403);
  });

  it('UMGT-06 ends the session of a closed account at once, and keeps its login', async () => {
    const { user, browser } = await signedInUser(product, {
      profile: 'VIEWER',
      nodeId: merchant.shopId,
    });
    const closed = await manager.browser.post(`/api/v1/users/${user.userId}/deactivate`);
    expect([closed.status, closed.body.isActive]).toEqual([200, false]);
    expect((await browser.get('/api/v1/me')).status).toBe(401);
    const back = await new Browser(product).signIn(user.login, user.password);
    expect([back.status, back.body.code]).toEqual([403, 'account-disabled']);
    const taken = await create(newcomer({ login: user.login }));
    expect(taken.body.code).toBe('login-taken');
    await manager.browser.post(`/api/v1/users/${user.userId}/reactivate`);
    expect((await new Browser(product).signIn(user.login, user.password)).status).toBe(201);
  });

  it('UMGT-04 refuses e-mail and mobile together', async () => {
    const { user } = await signedInUser(product, { profile: 'VIEWER', nodeId: merchant.shopId });
    const both = await change(user.userId, { email: 'x@example.com', mobile: '+33600000000' });
    expect([both.status, both.body.code]).toEqual([422, 'contact-channels-together']);
    const one = await change(user.userId, { mobile: '+33600000000' });
    expect(one.body.mobile).toBe('+33600000000');
  });

  it('UMGT-05 changes more users at the same moment than the database has connections', async () => {
    const { user } = await signedInUser(product, { profile: 'VIEWER', nodeId: merchant.shopId });
    const languages = Array.from({ length: 30 }, (_, turn) => (turn % 2 === 0 ? 'en' : 'fr'));
    const answers = await Promise.all(
      languages.map((language) => change(user.userId, { language })),
    );
    expect(answers.map(({ status }) => status)).toEqual(languages.map(() => 200));
  });

  it('UMGT-07 refuses to change or close the own account', async () => {
    const { userId } = manager.user;
    expect((await change(userId, { profile: 'VIEWER' })).body.code).toBe('own-account');
    const closed = await manager.browser.post(`/api/v1/users/${userId}/deactivate`);
    expect([closed.status, closed.body.code]).toEqual([403, 'own-account']);
  });

  it('UMGT-07 keeps one manager of a brand when two close each other at the same moment', async () => {
    const brand = await openMerchant(product);
    const [left, right] = await Promise.all([
      signedInUser(product, { profile: 'MANAGER', nodeId: brand.brandId }),
      signedInUser(product, { profile: 'MANAGER', nodeId: brand.brandId }),
    ]);
    const close = (by: Browser, userId: string) => by.post(`/api/v1/users/${userId}/deactivate`);
    const answers = await Promise.all([
      close(left.browser, right.user.userId),
      close(right.browser, left.user.userId),
    ]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect(statuses[1]).not.toBe(200);
    const { items } = (await product.get(`/api/v1/users?nodeId=${brand.brandId}&isActive=true`))
      .body;
    expect(items).toHaveLength(1);
    const support = await product.post(`/api/v1/users/${items[0].userId}/deactivate`, {});
    expect([support.status, support.body.code]).toEqual([409, 'last-manager']);
  });

  it('UMGT-07 closes nobody on a list of users that is late', async () => {
    const brand = await openMerchant(product);
    const { user } = await signedInUser(product, { profile: 'MANAGER', nodeId: brand.brandId });
    const late = jest
      .spyOn(product.service.platform.projections, 'waitFor')
      .mockResolvedValueOnce(false);
    const refused = await product.post(`/api/v1/users/${user.userId}/deactivate`, {});
    late.mockRestore();
    expect([refused.status, refused.body.code]).toEqual([503, 'position-not-reached']);
    expect((await product.get(`/api/v1/users/${user.userId}`)).body.isActive).toBe(true);
  });

  it('UMGT-05 makes a user whom the list shows late once, and says so until it shows them', async () => {
    const body = newcomer({ name: 'Tardif Dupont' });
    const late = jest
      .spyOn(product.service.platform.projections, 'waitFor')
      .mockResolvedValueOnce(false);
    const early = await create(body);
    late.mockRestore();
    expect([early.status, early.body.code]).toEqual([503, 'position-not-reached']);
    const again = await create(body);
    expect([again.status, again.body.name]).toEqual([201, body.name]);
    const { items } = (await manager.browser.get('/api/v1/users?limit=200')).body;
    const found = items.filter(({ name }: { name: string }) => name === body.name);
    expect(found).toHaveLength(1);
  });

  it('UMGT-06 ends the sessions of whoever is closed, even when the list shows it late', async () => {
    const { user, browser } = await signedInUser(product, {
      profile: 'VIEWER',
      nodeId: merchant.shopId,
    });
    const { projections } = product.service.platform;
    const real = projections.waitFor.bind(projections);
    const late = jest
      .spyOn(projections, 'waitFor')
      .mockImplementationOnce(real)
      .mockResolvedValueOnce(false);
    const refused = await product.post(`/api/v1/users/${user.userId}/deactivate`, {});
    late.mockRestore();
    expect([refused.status, refused.body.code]).toEqual([503, 'position-not-reached']);
    expect((await browser.get('/api/v1/me')).status).toBe(401);
  });
});
