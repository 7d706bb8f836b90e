import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Tokens } from './tokens';

const KEY = randomBytes(32);
const tokens = new Tokens(KEY);
const SECONDS = 60;

const MACHINE = {
  iss: 'encaisse/machines',
  sub: '0192d100-0000-7000-8000-000000000010',
  secret: '0192d100-0000-7000-8000-000000000010',
  exp: Math.floor(Date.now() / 1000) + SECONDS,
};
const PERSON = { iss: 'encaisse', sub: 'camille', env: 'TEST', scopes: ['read'], exp: MACHINE.exp };

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token made by hand: any header, any claims, any digest. */
function made(alg: string, claims: object, key: Buffer = KEY, digest = 'sha256'): string {
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac(digest, key).update(signed).digest('base64url')}`;
}

const isTaken = async (token: string) =>
  (await tokens.keyOf(token)) !== null || (await tokens.verify(token)) !== null;

describe('Tokens made by somebody else', () => {
  it('T15 are taken when all is right, which shows that the others fail for one reason each', async () => {
    expect(await tokens.keyOf(made('HS256', MACHINE))).toMatchObject({ keyId: MACHINE.sub });
    expect(await tokens.verify(made('HS256', PERSON))).toMatchObject({ environment: 'TEST' });
  });

  it.each([MACHINE, PERSON])('T15 are refused without a signature (%o)', async (claims) => {
    const body = `${part({ alg: 'none' })}.${part(claims)}`;
    expect(await isTaken(`${body}.`)).toBe(false);
    expect(await isTaken(body)).toBe(false);
    expect(await isTaken(made('none', claims))).toBe(false);
  });

  it.each([MACHINE, PERSON])('T15 are refused with another algorithm (%o)', async (claims) => {
    expect(await isTaken(made('HS512', claims, KEY, 'sha512'))).toBe(false);
    expect(await isTaken(made('HS384', claims, KEY, 'sha384'))).toBe(false);
    expect(await isTaken(made('RS256', claims))).toBe(false);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signed = `${part({ alg: 'RS256' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url');
    expect(await isTaken(`${signed}.${signature}`)).toBe(false);
  });

  it.each([MACHINE, PERSON])('T15 are refused with another key (%o)', async (claims) => {
    expect(await isTaken(made('HS256', claims, randomBytes(32)))).toBe(false);
    expect(await isTaken(made('HS256', claims, Buffer.alloc(32)))).toBe(false);
  });

  it.each([MACHINE, PERSON])('T15 are refused expired, or without an end (%o)', async (claims) => {
    const past = Math.floor(Date.now() / 1000) - 1;
    expect(await isTaken(made('HS256', { ...claims, exp: past }))).toBe(false);
    const { exp: _, ...endless } = claims;
    expect(await isTaken(made('HS256', endless))).toBe(false);
  });

  it('T15 never pass for the other kind', async () => {
    const machine = await tokens.issueForKey(
      { keyId: MACHINE.sub, secretId: MACHINE.secret, actions: null },
      SECONDS,
    );
    expect(await tokens.verify(machine)).toBeNull();
    const person = await tokens.issue({
      login: MACHINE.sub,
      displayName: 'Camille',
      nodeId: 'root',
      environment: 'TEST',
      scopes: ['read'],
      lifetimeSeconds: SECONDS,
    });
    expect(await tokens.keyOf(person)).toBeNull();
    expect(await tokens.keyOf(made('HS256', { ...PERSON, secret: MACHINE.secret }))).toBeNull();
  });

  it('T15 of development are good for nothing in production', async () => {
    expect(await new Tokens(KEY, false).verify(made('HS256', PERSON))).toBeNull();
  });

  it('T15 keep the scope they were narrowed to', async () => {
    const actions = new Set(['view-tree']);
    const token = await tokens.issueForKey(
      { keyId: MACHINE.sub, secretId: MACHINE.secret, actions },
      SECONDS,
    );
    expect(await tokens.keyOf(token)).toEqual({
      keyId: MACHINE.sub,
      secretId: MACHINE.secret,
      actions,
    });
  });
});
