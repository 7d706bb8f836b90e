import { randomBytes } from 'node:crypto';
import { commitmentOf, contentFingerprint } from './fingerprints';
import { RecentValues } from './recent-values';
import { SealBroken, seal, unseal } from './sealing';

const KEY = randomBytes(32);

describe('Sealing', () => {
  it('opens what was sealed, and never writes the same bytes twice', () => {
    const first = seal(KEY, Buffer.from('4111111111111111'), 'card/1');
    const second = seal(KEY, Buffer.from('4111111111111111'), 'card/1');
    expect(first.equals(second)).toBe(false);
    expect(unseal(KEY, first, 'card/1').toString()).toBe('4111111111111111');
  });

  it('refuses every changed byte, another place, another key and a cut value', () => {
    const sealed = seal(KEY, Buffer.from('content'), 'card/1');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = changed[index]! ^ 1;
      expect(() => unseal(KEY, changed, 'card/1')).toThrow(SealBroken);
    }
    expect(() => unseal(KEY, sealed, 'card/2')).toThrow(SealBroken);
    expect(() => unseal(randomBytes(32), sealed, 'card/1')).toThrow(SealBroken);
    expect(() => unseal(KEY, sealed.subarray(0, 20), 'card/1')).toThrow(SealBroken);
  });
});

describe('Fingerprints', () => {
  it('are equal for the same content in any order of members, and depend on the key', () => {
    const one = contentFingerprint(KEY, { amount: 1, card: { number: '4', expiry: '2712' } });
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    const other = { card: { expiry: '2712', number: '4' }, amount: 1, code: undefined };
    expect(contentFingerprint(KEY, other)).toBe(one);
    expect(contentFingerprint(KEY, { ...other, amount: 2 })).not.toBe(one);
    expect(contentFingerprint(randomBytes(32), other)).not.toBe(one);
  });

  it('commit to data with a salt', () => {
    const person = { email: 'a@b.fr' };
    const salt = randomBytes(32);
    expect(commitmentOf(salt, person)).toEqual(commitmentOf(salt, person));
    expect(commitmentOf(randomBytes(32), person)).not.toEqual(commitmentOf(salt, person));
  });
});

describe('Values used last', () => {
  it('keeps the newest up to its capacity and forgets what is too old', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1000);
    const recent = new RecentValues<number>(2, 20);
    recent.set('a', 1);
    recent.set('b', 2);
    recent.get('a');
    recent.set('c', 3);
    expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([1, undefined, 3]);
    recent.deleteWhere((value) => value === 3);
    expect(recent.get('c')).toBeUndefined();
    clock.mockReturnValue(1020);
    expect(recent.get('a')).toBe(1);
    clock.mockReturnValue(1021);
    expect(recent.get('a')).toBeUndefined();
    clock.mockRestore();
  });
});
