import { uuidv7 } from 'uuidv7';
import type { Answer, CallOptions, Product } from './product';
import { found } from './waiting';

/** A user of the product as a test made them. */
export type TestUser = {
  readonly userId: string;
  readonly login: string;
  readonly password: string;
};

export type NewTestUser = {
  readonly profile: string;
  readonly nodeId: string;
  readonly name?: string;
  readonly email?: string;
  readonly mobile?: string;
  readonly login?: string;
};

let users = 0;

/** Creates a user with a first password, as support does. */
export async function createUser(product: Product, user: NewTestUser): Promise<TestUser> {
  users += 1;
  const answer = await product.post('/api/v1/users', {
    id: uuidv7(),
    name: 'Claire Martin',
    email: `claire.martin.${users}.${uuidv7()}@example.com`,
    delivery: 'TEMPORARY_PASSWORD',
    ...user,
  });
  if (answer.status !== 201) throw new Error(`the user was not created: ${answer.text}`);
  const { userId, login, temporaryPassword } = answer.body;
  return { userId, login, password: temporaryPassword };
}

/** A browser: keeps the session cookie and sends the token against forged requests with every change. */
export class Browser {
  private cookie: string | null = null;
  private csrfToken: string | null = null;

  constructor(private readonly product: Product) {}

  /** The cookie it would send, to try it elsewhere. */
  get sentCookie(): string | null {
    return this.cookie;
  }

  async signIn(
    login: string,
    password: string,
    environment: 'TEST' | 'PRODUCTION' = 'TEST',
  ): Promise<Answer> {
    return this.call('POST', '/api/v1/session', { login, password, environment });
  }

  get(path: string, options: CallOptions = {}): Promise<Answer> {
    return this.call('GET', path, undefined, options);
  }

  post(path: string, body: unknown = {}, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', path, body, options);
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    { headers = {} }: CallOptions = {},
  ): Promise<Answer> {
    const answer = await this.product.call(method, path, body, {
      token: '',
      headers: {
        ...(this.cookie === null ? {} : { cookie: this.cookie }),
        ...(this.csrfToken === null ? {} : { 'x-csrf-token': this.csrfToken }),
        ...headers,
      },
    });
    const given = answer.headers.get('set-cookie')?.split(';')[0];
    if (given !== undefined) this.cookie = given.endsWith('=') ? null : given;
    const token = (answer.body as { csrfToken?: string } | null)?.csrfToken;
    if (token !== undefined) this.csrfToken = token;
    return answer;
  }
}

/** The password users of tests choose. */
export const CHOSEN_PASSWORD = 'Halles-2026-Paris!';

/** Creates a user who went through the first sign-in: password chosen, terms accepted, signed in. */
export async function signedInUser(
  product: Product,
  user: NewTestUser,
): Promise<{ readonly user: TestUser; readonly browser: Browser }> {
  const created = await createUser(product, user);
  const browser = new Browser(product);
  await browser.signIn(created.login, created.password);
  const changed = await browser.call('PUT', '/api/v1/me/password', {
    currentPassword: created.password,
    newPassword: CHOSEN_PASSWORD,
    newPasswordRepeated: CHOSEN_PASSWORD,
  });
  if (changed.status !== 200) throw new Error(`the password was not chosen: ${changed.text}`);
  const accepted = await browser.post('/api/v1/me/terms', { version: 1 });
  if (accepted.status !== 200) throw new Error(`the terms were not accepted: ${accepted.text}`);
  return { user: { ...created, password: CHOSEN_PASSWORD }, browser };
}

type TakenMail = {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
};

/** The newest mail to an address, once the local SMTP server took one that a test is waiting for. */
export async function mailTo(product: Product, address: string, count = 1): Promise<TakenMail> {
  return found(`mail ${count} to ${address}`, async () => {
    const { items } = (await product.get('/dev/mail.json', { token: '' })).body;
    const theirs = (items as TakenMail[]).filter(({ to }) => to.includes(address));
    return theirs.length >= count ? theirs[0] : undefined;
  });
}

/** The newest short message to a mobile, as written to a file. */
export async function smsTo(product: Product, mobile: string): Promise<string> {
  return found(`a short message to ${mobile}`, async () => {
    const { items } = (await product.get('/dev/sms.json', { token: '' })).body;
    return (items as { to: string; text: string }[]).find(({ to }) => to === mobile)?.text;
  });
}
