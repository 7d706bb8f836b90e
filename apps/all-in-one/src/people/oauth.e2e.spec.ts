import { AccessModule } from '@encaisse/access/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import {
  type Browser,
  type Merchant,
  openMerchant,
  Product,
  signedInUser,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';

const NOW = '2026-11-28T09:00:00.000Z';

let product: Product;
let merchant: Merchant;
let manager: Browser;

beforeAll(async () => {
  product = await Product.start([MerchantOnboardingModule, AccessModule]);
  await product.setClock(NOW);
  merchant = await openMerchant(product);
  const nodeId = merchant.shopId;
  manager = (await signedInUser(product, { profile: 'MANAGER', nodeId })).browser;
});

afterAll(() => product.stop());

const KEYS = '/api/v1/api-keys';

async function newKey() {
  const body = { id: uuidv7(), label: 'Caisse', actions: ['view-tree', 'view-users'] };
  const { key } = (await manager.post(KEYS, body)).body as { key: string };
  return { keyId: body.id, key, secret: key.slice(-43) };
}

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

/** A request as clients of OAuth 2.0 send it. */
function ask(form: string | Record<string, string>, headers: Record<string, string> = {}) {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return product.post('/oauth/token', body, { token: '', headers: { ...type, ...headers } });
}

const GRANT = { grant_type: 'client_credentials' };

async function tokenOf({ keyId, secret }: { keyId: string; secret: string }, more: object = {}) {
  const answer = await ask({ ...GRANT, client_id: keyId, client_secret: secret, ...more });
  expect(answer.status).toBe(200);
  return answer.body.access_token as string;
}

const statusWith = async (token: string, path = '/api/v1/nodes') =>
  (await product.get(path, { token })).status;

describe('Asking for a token', () => {
  it('T15 gives ten minutes of a key, by body or Basic, by secret or whole key', async () => {
    const { keyId, key, secret } = await newKey();
    const answers = [
      await ask({ ...GRANT, client_id: keyId, client_secret: secret }),
      await ask({ ...GRANT, client_id: keyId, client_secret: key }),
      await ask(GRANT, basic(keyId, secret)),
      await ask({ ...GRANT, client_id: keyId, scope: '' }, basic(keyId, key)),
    ];
    for (const { status, body, headers } of answers) {
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(body).toEqual({
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'view-tree view-users',
      });
      expect(await statusWith(body.access_token)).toBe(200);
    }
  });

  it('T15 tells in the token who it is for and until when, and nothing of the secret', async () => {
    const one = await newKey();
    const token = await tokenOf(one);
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { sub, exp, iat } = JSON.parse(text) as Record<string, unknown>;
    expect([sub, Number(exp) - Number(iat)]).toEqual([one.keyId, 600]);
    expect(text).not.toContain(one.secret);
  });

  it('T15 narrows a token to the scope asked for, never beyond the key', async () => {
    const one = await newKey();
    const narrow = await tokenOf(one, { scope: 'view-tree' });
    expect(await statusWith(narrow)).toBe(200);
    expect(await statusWith(narrow, '/api/v1/users')).toBe(403);
    expect(await statusWith(await tokenOf(one), '/api/v1/users')).toBe(200);
    for (const scope of ['view-tree refund', 'nonsense', ' ', 'view-tree  view-users']) {
      const { keyId, secret } = one;
      const wide = await ask({ ...GRANT, client_id: keyId, client_secret: secret, scope });
      expect([wide.status, wide.body.error]).toEqual([400, 'invalid_scope']);
    }
  });

  it('T15 refuses as RFC 6749 §5.2 has it', async () => {
    const { keyId, key, secret } = await newKey();
    const other = await newKey();
    const known = { client_id: keyId, client_secret: secret };
    const json = { 'content-type': 'application/json' };
    const answers = [
      await ask({ ...known }),
      await ask({ ...known, grant_type: 'password' }),
      await ask(`grant_type=client_credentials&client_id=${keyId}&client_id=${keyId}`),
      await ask(JSON.stringify({ ...GRANT, ...known }), json),
      await ask({ ...GRANT, ...known }, basic(keyId, secret)),
      await ask({ ...GRANT, client_id: other.keyId }, basic(keyId, secret)),
      await ask(GRANT),
      await ask({ ...GRANT, client_id: keyId }),
      await ask({ ...GRANT, client_id: keyId, client_secret: other.secret }),
      await ask({ ...GRANT, client_id: other.keyId, client_secret: key }),
      await ask({ ...GRANT, client_id: 'nobody', client_secret: secret }),
      await ask({ ...GRANT, client_id: uuidv7(), client_secret: secret }),
      await ask(GRANT, { authorization: `Bearer ${key}` }),
      await ask(GRANT, { authorization: 'Basic JTp4' }),
    ];
    expect(answers.map(({ status, body }) => [status, body.error])).toEqual([
      [400, 'invalid_request'],
      [400, 'unsupported_grant_type'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      ...Array.from({ length: 8 }, () => [401, 'invalid_client']),
    ]);
    for (const { status, headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.has('www-authenticate')).toBe(status === 401);
    }
  });

  it('T15 leaves one entry in the action log per call, without a secret', async () => {
    const one = await newKey();
    const before = await product.store.lastPosition();
    await tokenOf(one);
    await ask({ ...GRANT, client_id: one.keyId, client_secret: 'wrong' });
    const events = await product.store.readAll({ after: before, limit: 1000 });
    expect(events.map(({ data }) => data)).toMatchObject([
      { kind: 'TOKEN', result: 'ACCEPTED', login: `key:${one.keyId}`, nodeId: merchant.shopId },
      { kind: 'TOKEN', result: 'REFUSED', login: 'anonymous', problem: 'invalid_client' },
    ]);
    expect(JSON.stringify(events)).not.toContain(one.secret);
  });

  it('T15 is described with its three ways in', async () => {
    const { components, security } = (await product.get('/api/openapi.json')).body;
    expect(components.securitySchemes).toMatchObject({
      session: { type: 'apiKey', in: 'cookie', name: 'encaisse-session' },
      bearer: { type: 'http', scheme: 'bearer' },
      oauth2: {
        type: 'oauth2',
        flows: {
          clientCredentials: {
            tokenUrl: '/oauth/token',
            scopes: { refund: expect.any(String) },
          },
        },
      },
    });
    expect(security).toEqual([{ session: [] }, { bearer: [] }, { oauth2: [] }]);
  });
});

describe('A token', () => {
  it('T15 opens nothing from the moment its key is revoked', async () => {
    const one = await newKey();
    const token = await tokenOf(one);
    expect(await statusWith(token)).toBe(200);
    expect((await manager.post(`${KEYS}/${one.keyId}/revoke`)).status).toBe(200);
    expect(await statusWith(token)).toBe(401);
    const { keyId, secret } = one;
    const anew = await ask({ ...GRANT, client_id: keyId, client_secret: secret });
    expect([anew.status, anew.body.error]).toEqual([401, 'invalid_client']);
  });

  it('T15 ends with the secret it was given for', async () => {
    const one = await newKey();
    const token = await tokenOf(one);
    const rotated = await manager.post(`${KEYS}/${one.keyId}/rotate`, { id: uuidv7() });
    expect(await statusWith(token)).toBe(401);
    const { keyId } = one;
    const next = await tokenOf({ keyId, secret: rotated.body.key });
    expect(await statusWith(next)).toBe(200);
  });

  it('T15 is refused with another algorithm, without a signature, and expired', async () => {
    const { keyId } = await newKey();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(Date.now() / 1000) + 600;
    const claims = { iss: 'encaisse/machines', sub: keyId, secret: keyId, exp };
    const unsigned = (alg: string) => `${part({ alg })}.${part(claims)}.`;
    const expired = await product.tokens.issueForKey({ keyId, secretId: keyId, actions: null }, -1);
    const made = await product.tokens.issueForKey({ keyId, secretId: keyId, actions: null }, 60);
    const [, , signature] = made.split('.');
    const tokens = [
      unsigned('none'),
      unsigned('NONE'),
      `${unsigned('HS256')}${signature}`,
      `${part({ alg: 'RS256' })}.${made.split('.')[1]}.${signature}`,
      expired,
    ];
    for (const token of tokens) expect(await statusWith(token)).toBe(401);
    expect(await statusWith(made)).toBe(200);
  });
});

describe('Asking for tokens with wrong secrets', () => {
  it('T15 is slowed down per address, and told when to come again', async () => {
    const { keyId } = await newKey();
    const form = { ...GRANT, client_id: keyId, client_secret: 'wrong' };
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(form)));
    const slowed = answers.filter(({ status }) => status === 429);
    expect(slowed.length).toBeGreaterThanOrEqual(10);
    for (const { body, headers } of slowed) {
      expect(body.code).toBe('too-many-attempts');
      expect(Number(headers.get('retry-after'))).toBe(body.retryAfterSeconds);
    }
  });
});
