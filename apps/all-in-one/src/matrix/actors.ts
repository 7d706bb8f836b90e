import { apiKeyText, digestOf, newSecret } from '@encaisse/platform/access';
import { type Answer, Browser, createUser, type Product, signedInUser } from '@encaisse/testing';
import { Secret, TOTP } from 'otpauth';
import { uuidv7 } from 'uuidv7';
import { NOW, type Place, type World } from './world';

/** What keeps an actor out of everything. */
export type Obstacle = 'unknown' | 'second-factor' | 'password' | 'terms' | 'forged';

/** Somebody or something that calls. */
export type Actor = {
  readonly name: string;
  readonly place: Place;
  /** Null for machines and for whoever is not known. */
  readonly profile: string | null;
  /** The rights of a key. */
  readonly rights: readonly string[];
  readonly obstacle: Obstacle | null;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
};

const MERCHANT_PROFILES = ['VIEWER', 'CASHIER', 'MANAGER', 'ENTRY_OPERATOR', 'HMAC_MANAGER'];
const BANK_PROFILES = ['SUPPORT', 'AUDITOR'];
const LEVELS: readonly Place[] = ['A', 'A1', 'A11'];

/** Every kind of actor, each signed in once. */
export async function openActors(
  product: Product,
  world: World,
  levels: readonly Place[] = LEVELS,
): Promise<Actor[]> {
  const actors: Actor[] = [];
  for (const profile of [...MERCHANT_PROFILES, ...BANK_PROFILES])
    for (const place of levels) actors.push(await person(product, world, profile, place));
  for (const profile of BANK_PROFILES) actors.push(await person(product, world, profile, 'root'));
  actors.push(...(await machines(product, world)));
  actors.push(...(await peopleAtGates(product, world)));
  actors.push(...(await peopleLeftOutside(product, world)));
  return actors;
}

function actor(name: string, place: Place, facts: Partial<Actor>, browser: Browser): Actor {
  return {
    name,
    place,
    profile: null,
    rights: [],
    obstacle: null,
    call: (method, path, body) => browser.call(method, path, body),
    ...facts,
  };
}

async function person(product: Product, world: World, profile: string, place: Place) {
  const { browser } = await signedInUser(product, { profile, nodeId: world.nodeId(place) });
  return actor(`${profile} at ${place}`, place, { profile }, browser);
}

/** First sign-ins that stop at a gate, and a page that another site made send a request. */
async function peopleAtGates(product: Product, world: World): Promise<Actor[]> {
  const nodeId = world.nodeId('A1');
  const atPassword = async (profile: string) => {
    const user = await createUser(product, { profile, nodeId });
    const browser = new Browser(product);
    await browser.signIn(user.login, user.password);
    return { user, browser };
  };
  const first = await atPassword('MANAGER');
  const second = await atPassword('MANAGER');
  const newPassword = 'Halles-2026-Paris!';
  await second.browser.call('PUT', '/api/v1/me/password', {
    currentPassword: second.user.password,
    newPassword,
    newPasswordRepeated: newPassword,
  });
  const bank = await atPassword('BANK_INTEGRATION');
  const { browser: tricked } = await signedInUser(product, { profile: 'MANAGER', nodeId });
  const withoutToken: Actor['call'] = (method, path, body) =>
    tricked.call(method, path, body, { headers: { 'x-csrf-token': 'of another site' } });
  const manager = { profile: 'MANAGER' };
  const stopped = await atSecondFactor(product, nodeId);
  return [
    actor('second-factor gate', 'A1', { ...manager, obstacle: 'second-factor' }, stopped),
    actor('password gate', 'A1', { ...manager, obstacle: 'password' }, first.browser),
    actor('terms gate', 'A1', { ...manager, obstacle: 'terms' }, second.browser),
    actor(
      'BANK_INTEGRATION in person',
      'A1',
      { profile: 'BANK_INTEGRATION', obstacle: 'password' },
      bank.browser,
    ),
    actor('forged request', 'A1', { ...manager, obstacle: 'forged', call: withoutToken }, tricked),
  ];
}

/** A sign-in by password of somebody whose codes are confirmed. */
async function atSecondFactor(product: Product, nodeId: string): Promise<Browser> {
  const { user, browser } = await signedInUser(product, { profile: 'MANAGER', nodeId });
  const factor = { id: uuidv7(), label: 'Mobile' };
  const { secret } = (await browser.post('/api/v1/me/factors/totp', factor)).body;
  const totp = new TOTP({ secret: Secret.fromBase32(secret as string) });
  const code = totp.generate({ timestamp: Date.parse(NOW) });
  await browser.post(`/api/v1/me/factors/${factor.id}/confirm`, { code });
  await browser.call('DELETE', '/api/v1/session');
  const { body } = await browser.signIn(user.login, user.password);
  if (body.gate !== 'second-factor') throw new Error('the sign-in asks for no second factor');
  return browser;
}

/** Nobody, and those whose session is no more. */
async function peopleLeftOutside(product: Product, world: World): Promise<Actor[]> {
  const outside = (name: string, browser: Browser, facts: Partial<Actor> = {}) =>
    actor(name, 'A', { obstacle: 'unknown', ...facts }, browser);
  const manager = { profile: 'MANAGER', nodeId: world.nodeId('A') };
  const signedOut = await signedInUser(product, manager);
  const kept = signedOut.browser.sentCookie ?? '';
  await signedOut.browser.call('DELETE', '/api/v1/session');
  const closed = await signedInUser(product, manager);
  await product.post(`/api/v1/users/${closed.user.userId}/deactivate`, {});
  const locked = await signedInUser(product, manager);
  await locked.browser.call('DELETE', '/api/v1/session');
  const lockedOut = new Browser(product);
  for (let attempt = 0; attempt < 3; attempt += 1)
    await lockedOut.signIn(locked.user.login, 'not the password');
  await lockedOut.signIn(locked.user.login, locked.user.password);
  await product.setClock(new Date(Date.parse(NOW) - 15 * 60_000).toISOString());
  const expired = await signedInUser(product, manager);
  await product.setClock(NOW);
  const withHeader =
    (headers: Record<string, string>): Actor['call'] =>
    (method, path, body) =>
      product.call(method, path, body, { token: '', headers });
  return [
    outside('anonymous', new Browser(product)),
    outside('expired session', expired.browser),
    outside('signed-out session', signedOut.browser, { call: withHeader({ cookie: kept }) }),
    outside('session of a closed account', closed.browser),
    outside('locked user, signed in anew', lockedOut),
    outside('invented token', new Browser(product), {
      call: withHeader({ authorization: 'Bearer e30.e30.e30' }),
    }),
  ];
}

type KeyFacts = { readonly revokedAt?: string; readonly expiresAt?: string };

/** Keys of machines, each of one right or of those of a bank's integration. */
async function machines(product: Product, world: World): Promise<Actor[]> {
  const key = async (name: string, place: Place, rights: string[], facts: KeyFacts = {}) => {
    const keyId = uuidv7();
    const secret = newSecret();
    const nodeId = world.nodeId(place);
    const { revokedAt = null, expiresAt = null } = facts;
    await product.database.query(
      `insert into access_users.api_keys (key_id, label, node_id, environment, actions, created_by,
         created_at, expires_at, revoked_at, secret_id)
       values ($1, $2, $3, 'TEST', $4, 'test', $5, $6, $7, $1)`,
      [keyId, name, nodeId, rights, NOW, expiresAt, revokedAt],
    );
    await product.database.query(
      'insert into access.api_key_secrets (key_id, secret_id, digest) values ($1, $1, $2)',
      [keyId, digestOf(secret)],
    );
    const token = apiKeyText(keyId, 'TEST', secret);
    const isOver = revokedAt !== null || (expiresAt !== null && expiresAt <= NOW);
    const given: Partial<Actor> = {
      rights,
      obstacle: isOver ? 'unknown' : null,
      call: (method, path, body) => product.call(method, path, body, { token }),
    };
    return actor(name, place, given, new Browser(product));
  };
  const bank = ['fetch-remittance-files', 'post-bank-answers'];
  return [
    await key('key of view-tree', 'A1', ['view-tree']),
    await key('key of search-transactions', 'A11', ['search-transactions']),
    await key('key of take-payment', 'A1', ['take-payment']),
    await key('key of capture', 'A', ['capture']),
    await key('key of collect', 'A1', ['collect']),
    await key('key of BANK_INTEGRATION', 'A', bank),
    await key('key of develop', 'root', ['develop']),
    await key('key that was revoked', 'A', ['view-tree'], { revokedAt: NOW }),
    await key('key that has expired', 'A', ['view-tree'], { expiresAt: NOW }),
  ];
}
