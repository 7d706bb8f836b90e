import { deriveMessageKey, isMessageDigest, messageDigest } from './message-key';

/** RFC 4231 §4, the cases whose digest is whole: key, data and HMAC-SHA-512 in hexadecimal digits. */
const VECTORS = [
  {
    name: 'test case 1',
    key: '0b'.repeat(20),
    data: '4869205468657265',
    digest:
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde' +
      'daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  },
  {
    name: 'test case 2',
    key: '4a656665',
    data: '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
    digest:
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554' +
      '9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  },
  {
    name: 'test case 3',
    key: 'aa'.repeat(20),
    data: 'dd'.repeat(50),
    digest:
      'fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39' +
      'bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb',
  },
  {
    name: 'test case 4',
    key: '0102030405060708090a0b0c0d0e0f10111213141516171819',
    data: 'cd'.repeat(50),
    digest:
      'b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db' +
      'a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd',
  },
  {
    name: 'test case 6, a key longer than a block',
    key: 'aa'.repeat(131),
    data: Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex'),
    digest:
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352' +
      '6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
  },
  {
    name: 'test case 7, key and data longer than a block',
    key: 'aa'.repeat(131),
    data: Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. ' +
        'The key needs to be hashed before being used by the HMAC algorithm.',
    ).toString('hex'),
    digest:
      'e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944' +
      'b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58',
  },
] as const;

const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe('The digest of a message', () => {
  it.each(VECTORS)('T16 HMAC-15 is that of RFC 4231, $name', ({ key, data, digest }) => {
    expect(messageDigest(bytes(key), bytes(data))).toBe(digest);
    expect(isMessageDigest(bytes(key), bytes(data), digest)).toBe(true);
    expect(isMessageDigest(bytes(key), bytes(data), digest.toUpperCase())).toBe(true);
  });

  it.each([
    ['of a changed message', 'PBX_SITE=1999888&PBX_RANG=033'],
    ['of reordered parameters', 'PBX_RANG=032&PBX_SITE=1999888'],
    ['of a re-encoded one', 'PBX%5FSITE=1999888&PBX_RANG=032'],
    ['of one with a line end more', 'PBX_SITE=1999888&PBX_RANG=032\n'],
  ])('T16 is not taken %s', (_name, changed) => {
    const key = bytes('0b'.repeat(64));
    const digest = messageDigest(key, Buffer.from('PBX_SITE=1999888&PBX_RANG=032'));
    expect(isMessageDigest(key, Buffer.from(changed), digest)).toBe(false);
  });

  it.each(['', '00', 'g'.repeat(128), '0'.repeat(127), '0'.repeat(129), ` ${'0'.repeat(127)}`])(
    'T16 is never « %s »',
    (digest) => {
      expect(isMessageDigest(bytes('0b'), Buffer.from('a'), digest)).toBe(false);
    },
  );
});

describe('The key of a passphrase', () => {
  const place = { environment: 'TEST', siteNumber: '1999888', rank: '032' } as const;

  it('HMAC-08 is the check value of the specification', async () => {
    const key = (await deriveMessageKey('Boutique en Ligne 2017!', place)).toString('hex');
    expect(key).toMatch(/^[0-9a-f]{128}$/);
    expect(key.slice(0, 16)).toBe('18da7a52131bb961');
    expect(key.slice(-10)).toBe('9b9d8b945c');
  });

  it('HMAC-06 HMAC-07 is the same again, and another one for another platform, site or rank', async () => {
    const key = async (more: object) =>
      (await deriveMessageKey('Le Chat Dort A 14h', { ...place, ...more })).toString('hex');
    const keys = await Promise.all([
      key({}),
      key({ environment: 'PRODUCTION' }),
      key({ siteNumber: '1999889' }),
      key({ rank: '033' }),
    ]);
    expect(new Set(keys).size).toBe(4);
    expect(await key({})).toBe(keys[0]);
  });

  it('HMAC-06 is the same however accents are composed', async () => {
    const composed = await deriveMessageKey('Café de la gare 1984 !'.normalize('NFC'), place);
    const apart = await deriveMessageKey('Café de la gare 1984 !'.normalize('NFD'), place);
    expect(apart).toEqual(composed);
  });
});
