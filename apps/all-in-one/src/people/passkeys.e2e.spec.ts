import { AccessModule } from '@encaisse/access/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import {
  type Browser,
  type Merchant,
  openMerchant,
  Product,
  signedInUser,
  type TestUser,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { SoftwareAuthenticator } from './software-authenticator';

const NOW = '2026-11-28T09:00:00.000Z';
const MINUTE = 60_000;
const ORIGIN = 'https://caisse.example.com';

let product: Product;
let merchant: Merchant;

beforeAll(async () => {
  product = await Product.start([MerchantOnboardingModule, AccessModule], { PUBLIC_URL: ORIGIN });
  await product.setClock(NOW);
  merchant = await openMerchant(product);
});

afterAll(() => product.stop());

/** Moves the clock for one test; time goes back afterwards. */
async function at(millis: number, work: () => Promise<void>): Promise<void> {
  await product.setClock(new Date(Date.parse(NOW) + millis).toISOString());
  try {
    await work();
  } finally {
    await product.setClock(NOW);
  }
}

const cashier = () => signedInUser(product, { profile: 'CASHIER', nodeId: merchant.shopId });

const askToRegister = (browser: Browser) => browser.post('/api/v1/me/factors/passkeys/options');

async function register(browser: Browser, authenticator: SoftwareAuthenticator, id = uuidv7()) {
  const { challengeId, options } = (await askToRegister(browser)).body;
  const response = authenticator.create(options);
  const body = { id, label: 'Clé de Claire', challengeId, response };
  return { body, answer: await browser.post('/api/v1/me/factors/passkeys', body) };
}

/** A user with a passkey, back at the gate after the password. */
async function withPasskey() {
  const { user, browser } = await cashier();
  const authenticator = new SoftwareAuthenticator(ORIGIN);
  const { answer } = await register(browser, authenticator);
  expect(answer.status).toBe(201);
  await signInAgain(browser, user);
  return { user, browser, authenticator };
}

async function signInAgain(browser: Browser, user: TestUser): Promise<void> {
  const opened = await browser.signIn(user.login, user.password);
  expect([opened.status, opened.body.gate]).toEqual([201, 'second-factor']);
}

async function askToGive(browser: Browser) {
  const asked = await browser.post('/api/v1/session/second-factor/options');
  expect(asked.body.kinds).toEqual(['PASSKEY']);
  return asked.body.passkey as {
    challengeId: string;
    options: { challenge: string; rpId: string };
  };
}

const give = (browser: Browser, challengeId: string, response: object) =>
  browser.post('/api/v1/session/second-factor/passkey', { challengeId, response });

describe('Registering a passkey', () => {
  it('T15 asks for it at the next sign-in, and lets in whoever has it', async () => {
    const { browser, authenticator } = await withPasskey();
    expect((await browser.get('/api/v1/nodes')).body.code).toBe('second-factor-needed');
    const { challengeId, options } = await askToGive(browser);
    expect(options.rpId).toBe('caisse.example.com');
    const given = await give(browser, challengeId, authenticator.get(options));
    expect([given.status, given.body.gate]).toEqual([200, null]);
    const { factors } = (await browser.get('/api/v1/me/factors')).body;
    expect(factors).toMatchObject([{ kind: 'PASSKEY', label: 'Clé de Claire', addedAt: NOW }]);
  });

  it('T15 says the same when it is sent twice with the same id', async () => {
    const { browser } = await cashier();
    const { body, answer } = await register(browser, new SoftwareAuthenticator(ORIGIN));
    const again = await browser.post('/api/v1/me/factors/passkeys', body);
    expect([answer.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body.factors).toHaveLength(1);
  });

  it('T15 refuses a used, old or foreign challenge, another origin and another answer', async () => {
    const { browser } = await cashier();
    const other = await cashier();
    const post = (body: object) =>
      browser.post('/api/v1/me/factors/passkeys', { id: uuidv7(), label: 'Clé', ...body });
    const authenticator = new SoftwareAuthenticator(ORIGIN);
    const asked = (await askToRegister(browser)).body;
    const foreign = (await askToRegister(other.browser)).body;
    const elsewhere = new SoftwareAuthenticator('https://caisse.example.org');
    const answers = [
      await post({
        challengeId: foreign.challengeId,
        response: authenticator.create(foreign.options),
      }),
      await post({ challengeId: asked.challengeId, response: elsewhere.create(asked.options) }),
      await post({ challengeId: asked.challengeId, response: authenticator.create(asked.options) }),
    ];
    const late = (await askToRegister(browser)).body;
    await at(5 * MINUTE, async () => {
      const response = authenticator.create(late.options);
      answers.push(await post({ challengeId: late.challengeId, response }));
    });
    const again = (await askToRegister(browser)).body;
    answers.push(await post({ challengeId: again.challengeId, response: { id: 'x' } }));
    for (const { status, body } of answers)
      expect([status, body.code]).toEqual([422, 'passkey-refused']);
    expect((await browser.get('/api/v1/me/factors')).body.factors).toEqual([]);
  });

  it('T15 registers a passkey once in the installation', async () => {
    const [one, other] = [await cashier(), await cashier()];
    const authenticator = new SoftwareAuthenticator(ORIGIN);
    expect((await register(one.browser, authenticator)).answer.status).toBe(201);
    const { answer } = await register(other.browser, authenticator);
    expect([answer.status, answer.body.code]).toEqual([409, 'passkey-known']);
  });
});

describe('Giving a passkey', () => {
  it('T15 refuses a used or old challenge, another origin, another key, and tells all alike', async () => {
    const refused = [];
    const first = await withPasskey();
    const asked = await askToGive(first.browser);
    const forger = new SoftwareAuthenticator(ORIGIN);
    const real = first.authenticator.get(asked.options);
    const forged = { ...forger.get(asked.options), id: (real as { id: string }).id };
    refused.push(await give(first.browser, asked.challengeId, forged));
    refused.push(await give(first.browser, asked.challengeId, real));
    const second = await withPasskey();
    const anew = await askToGive(second.browser);
    second.authenticator.origin = 'https://caisse.example.org';
    const elsewhere = second.authenticator.get(anew.options);
    refused.push(await give(second.browser, anew.challengeId, elsewhere));
    second.authenticator.origin = ORIGIN;
    const late = await askToGive(second.browser);
    await at(5 * MINUTE, async () => {
      const response = second.authenticator.get(late.options);
      refused.push(await give(second.browser, late.challengeId, response));
    });
    for (const { status, body } of refused)
      expect([status, body.code]).toEqual([401, 'second-factor-refused']);
    const right = await askToGive(second.browser);
    const given = await give(
      second.browser,
      right.challengeId,
      second.authenticator.get(right.options),
    );
    expect(given.status).toBe(200);
  });

  it('T15 refuses an answer that was given before, and a passkey whose count went back', async () => {
    const { user, browser, authenticator } = await withPasskey();
    const asked = await askToGive(browser);
    const response = authenticator.get(asked.options);
    expect((await give(browser, asked.challengeId, response)).status).toBe(200);
    await signInAgain(browser, user);
    expect((await give(browser, asked.challengeId, response)).status).toBe(401);
    const next = await askToGive(browser);
    authenticator.counter = 0;
    const copied = await give(browser, next.challengeId, authenticator.get(next.options));
    expect([copied.status, copied.body.code]).toEqual([401, 'second-factor-refused']);
  });

  it('AUTH-11 locks after three failures in a row, like a password', async () => {
    const { browser, authenticator } = await withPasskey();
    for (let count = 0; count < 3; count += 1) {
      const { options } = await askToGive(browser);
      const failed = await give(browser, uuidv7(), authenticator.get(options));
      expect(failed.status).toBe(401);
    }
    const { challengeId, options } = await askToGive(browser);
    const right = await give(browser, challengeId, authenticator.get(options));
    expect([right.status, right.body.code]).toEqual([403, 'account-locked']);
  });
});
