import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, it as property } from '@fast-check/jest';
import { canonicalJson } from './canonical-json';

const VECTORS = join(__dirname, '..', '..', '..', '..', 'shared', 'vectors', 'jcs');

describe('Canonical JSON', () => {
  const published = existsSync(VECTORS) ? it.each : it.skip.each;

  published(['arrays', 'structures', 'values'])(
    'gives the published bytes of RFC 8785 for %s (needs ../shared/vectors/jcs)',
    (name) => {
      const read = (kind: string): string =>
        readFileSync(join(VECTORS, `${name}.${kind}.json`), 'utf8');
      expect(canonicalJson(JSON.parse(read('input')))).toBe(read('output').trimEnd());
    },
  );

  it('sorts keys by UTF-16 code units, not by code points', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };
    expect(Object.keys(JSON.parse(canonicalJson(value)) as object)).toHaveLength(7);
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [Number.MIN_VALUE, '5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [0.000001, '0.000001'],
    [333333333.33333329, '333333333.3333333'],
  ])('writes the number %p as RFC 8785 appendix B does', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('leaves undefined members out, as if they had not been named', () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  it.each([
    ['NaN', NaN],
    ['infinity', Infinity],
    ['a lone high surrogate', '\ud83d'],
    ['a lone low surrogate', 'x\ude00'],
    ['a lone surrogate in a key', { '\ud83d': 1 }],
    ['a function', () => 1],
    ['a bigint', 1n],
    ['undefined', undefined],
    ['undefined in an array', [undefined]],
  ])('throws on %s', (_title, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  property.prop([fc.jsonValue({ noUnicodeString: false })])(
    'is one text per value: reading it back and writing it again changes nothing',
    (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    },
  );

  property.prop([fc.dictionary(fc.string(), fc.integer())])(
    'does not depend on the order in which members were set',
    (members) => {
      const reversed = Object.fromEntries(Object.entries(members).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(members));
    },
  );
});
