import { AccessModule } from '@encaisse/access/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { type Answer, Browser, createUser, openMerchant, Product } from '@encaisse/testing';

const FAILURES = 2000;
const AT_THE_VICTIM = 200;
/** As many connections as the listening socket takes at once. */
const CALLERS = 100;

let product: Product;

beforeAll(async () => {
  product = await Product.start([MerchantOnboardingModule, AccessModule], {
    TRUSTED_PROXIES: '127.0.0.1',
  });
});

afterAll(() => product.stop());

/** Calls as they come through a proxy, from an address of their own. */
const signInFrom = (address: string, login: string, password: string) =>
  product.post(
    '/api/v1/session',
    { login, password },
    { token: '', headers: { 'x-forwarded-for': address } },
  );

/** Every caller goes on as soon as it was answered. */
async function flood(call: (count: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const caller = async () => {
    while (next < FAILURES) {
      next += 1;
      answers.push(await call(next - 1));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return answers;
}

describe('Thousands of failures at the same moment', () => {
  it('T15 AUTH-11 are all refused and recorded, lock one account once and slow one address down', async () => {
    const { shopId: nodeId } = await openMerchant(product);
    const victim = await createUser(product, { profile: 'VIEWER', nodeId });
    const other = await createUser(product, { profile: 'VIEWER', nodeId });
    const before = await product.store.lastPosition();
    const answers = await flood((count) => {
      const login = count % (FAILURES / AT_THE_VICTIM) === 0 ? victim.login : `nobody.${count}`;
      return signInFrom('203.0.113.9', login, 'not the password');
    });
    const wrong = answers.filter(({ status }) => status === 401);
    const slowed = answers.filter(({ status }) => status === 429);
    expect(wrong.length + slowed.length).toBe(FAILURES);
    expect(wrong.length).toBeLessThanOrEqual(90);
    expect(wrong.length).toBeGreaterThanOrEqual(30);
    for (const { body, headers } of slowed)
      expect(Number(headers.get('retry-after'))).toBe(body.retryAfterSeconds);
    await product.settled();
    const events = await product.store.readAll({ after: before, limit: 2 * FAILURES });
    const entries = events.map(({ type, data }) => ({ type, ...data }) as { kind?: string });
    expect(entries.filter(({ kind }) => kind === 'SIGN_IN')).toHaveLength(FAILURES);
    const fromElsewhere = await signInFrom('203.0.113.10', other.login, other.password);
    expect(fromElsewhere.status).toBe(201);
    const locked = await signInFrom('203.0.113.10', victim.login, victim.password);
    const locks = entries.filter(({ kind }) => kind === 'LOCK');
    const looked = await product.database.query<{ failures: number }>(
      'select failures from access.sign_in_failures where user_id = $1',
      [victim.userId],
    );
    const isLocked = (looked[0]?.failures ?? 0) >= 3;
    expect([locked.status, locks.length]).toEqual(isLocked ? [403, 1] : [201, 0]);
  });

  it('T15 leave the sessions of others alone', async () => {
    const { shopId: nodeId } = await openMerchant(product);
    const user = await createUser(product, { profile: 'VIEWER', nodeId });
    const browser = new Browser(product);
    expect((await browser.signIn(user.login, user.password)).status).toBe(201);
    const failures = Array.from({ length: 40 }, (_, count) =>
      signInFrom('203.0.113.11', `nobody.${count}`, 'not the password'),
    );
    await Promise.all(failures);
    const blocked = await signInFrom('203.0.113.11', user.login, user.password);
    expect([blocked.status, blocked.body.code]).toEqual([429, 'too-many-attempts']);
    expect((await browser.get('/api/v1/session')).status).toBe(200);
  });
});
