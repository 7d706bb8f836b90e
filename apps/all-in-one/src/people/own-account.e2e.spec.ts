import { AccessModule } from '@encaisse/access/feature';
import { MailSinkModule } from '@encaisse/mail-sink/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import {
  type Browser,
  mailTo,
  type Merchant,
  openMerchant,
  Product,
  signedInUser,
  smsTo,
} from '@encaisse/testing';

let product: Product;
let merchant: Merchant;
let people = 0;

beforeAll(async () => {
  product = await Product.start([MailSinkModule, MerchantOnboardingModule, AccessModule]);
  merchant = await openMerchant(product);
});

afterAll(() => product.stop());

async function somebody() {
  people += 1;
  const email = `camille.${people}@example.com`;
  const mobile = `+3361234${1000 + people}`;
  const made = await signedInUser(product, {
    profile: 'CASHIER',
    nodeId: merchant.shopId,
    email,
    mobile,
  });
  return { ...made, email, mobile };
}

const patch = (browser: Browser, body: object) => browser.call('PATCH', '/api/v1/me', body);
const confirm = (browser: Browser, code: string) =>
  browser.post('/api/v1/me/contact-change/confirm', { code });
const codeIn = (text: string) => /\b\d{6}\b/.exec(text)?.[0] ?? '';
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

describe('Own account', () => {
  it('USER-01 USER-02 shows the account and edits the name, never login, profile or node', async () => {
    const { browser, user, email } = await somebody();
    const shown = (await browser.get('/api/v1/me')).body;
    expect(shown).toMatchObject({ login: user.login, email, profile: 'CASHIER' });
    const renamed = await patch(browser, { name: 'Camille Durand', language: 'en' });
    expect(renamed.body).toMatchObject({ name: 'Camille Durand', language: 'en' });
    for (const field of ['login', 'profile', 'nodeId', 'isActive', 'userId']) {
      const refused = await patch(browser, { [field]: 'MANAGER' });
      expect([refused.status, refused.body.code]).toEqual([400, 'unknown-field']);
    }
    expect((await browser.get('/api/v1/me')).body.profile).toBe('CASHIER');
  });

  it('USER-03 refuses e-mail and mobile in one request and changes nothing', async () => {
    const { browser, email, mobile } = await somebody();
    const both = await patch(browser, { email: 'new@example.com', mobile: '+33699999999' });
    expect([both.status, both.body.code]).toEqual([422, 'contact-channels-together']);
    expect((await browser.get('/api/v1/me')).body).toMatchObject({
      email,
      mobile,
      pendingChange: null,
    });
  });

  it('USER-03 lets one of the two in when they come as two requests at the same moment', async () => {
    const { browser } = await somebody();
    const answers = await Promise.all([
      patch(browser, { email: `both.${people}@example.com` }),
      patch(browser, { mobile: '+33699999998' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe('contact-change-pending');
  });

  it('USER-04 takes a new e-mail once its code came back, and tells the mobile', async () => {
    const { browser, email, mobile } = await somebody();
    const next = `suivant.${people}@example.com`;
    const begun = await patch(browser, { email: next });
    expect(begun.body).toMatchObject({ email, pendingChange: { channel: 'EMAIL' } });
    const code = codeIn((await mailTo(product, next)).text);
    expect((await confirm(browser, wrong(code))).body.code).toBe('code-wrong');
    const confirmed = await confirm(browser, code);
    expect(confirmed.body).toMatchObject({ email: next, pendingChange: null });
    expect(await smsTo(product, mobile)).toContain('s***@example.com');
    expect((await confirm(browser, code)).body.code).toBe('no-contact-change');
  });

  it('USER-04 takes a new mobile once its code came back, and tells the e-mail address', async () => {
    const { browser, email } = await somebody();
    const next = `+3367654${1000 + people}`;
    await patch(browser, { mobile: next });
    const code = codeIn(await smsTo(product, next));
    expect((await confirm(browser, code)).body.mobile).toBe(next);
    expect((await mailTo(product, email)).text).toContain(`+336****${next.slice(-2)}`);
  });

  it('USER-04 spends a code after five wrong tries, parallel ones counted', async () => {
    const { browser } = await somebody();
    const next = `essais.${people}@example.com`;
    await patch(browser, { email: next });
    const code = codeIn((await mailTo(product, next)).text);
    await Promise.all(Array.from({ length: 5 }, () => confirm(browser, wrong(code))));
    expect((await confirm(browser, code)).body.code).toBe('code-spent');
    expect((await browser.call('DELETE', '/api/v1/me/contact-change')).status).toBe(204);
    expect((await patch(browser, { mobile: '+33688888888' })).status).toBe(200);
  });

  it('keeps addresses, mobiles, codes and names out of every event', async () => {
    const { user, browser, email, mobile } = await somebody();
    await patch(browser, { name: 'Zoé Unique' });
    const events = await product.store.readAll({ after: 0, limit: 10_000 });
    const text = JSON.stringify(events);
    for (const secret of [email, mobile, 'Zoé Unique', 'Claire Martin', user.password])
      expect(text).not.toContain(secret);
    expect(text).toContain(user.login);
  });
});

describe('Preferences', () => {
  it('NAV-05 keeps the first page, the columns and the searches with the account', async () => {
    const { browser } = await somebody();
    const first = (await browser.get('/api/v1/me/preferences')).body;
    expect(first).toEqual({ landingPage: 'statistics', journalColumns: null, savedSearches: [] });
    const chosen = {
      landingPage: 'transactions',
      journalColumns: ['createdAt', 'orderReference'],
      savedSearches: [{ name: 'Refusées', filters: { status: 'REFUSED' } }],
    };
    expect((await browser.call('PUT', '/api/v1/me/preferences', chosen)).status).toBe(200);
    expect((await browser.get('/api/v1/me/preferences')).body).toEqual(chosen);
  });

  it.each([
    [{ landingPage: 'nowhere' }, '/landingPage'],
    [
      { savedSearches: [{ name: 'x', filters: { cardholderEmail: 'a@example.com' } }] },
      '/savedSearches/0/filters/cardholderEmail',
    ],
    [
      { savedSearches: [{ name: 'x', filters: { status: ['a'] } }] },
      '/savedSearches/0/filters/status',
    ],
    [{ journalColumns: ['<script>'] }, '/journalColumns'],
  ])('refuses %j and names the field', async (change, pointer) => {
    const { browser } = await somebody();
    const good = { landingPage: 'statistics', journalColumns: null, savedSearches: [] };
    const refused = await browser.call('PUT', '/api/v1/me/preferences', { ...good, ...change });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].pointer).toBe(pointer);
  });
});
