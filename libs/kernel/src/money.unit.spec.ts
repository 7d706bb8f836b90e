import fc from 'fast-check';
import { DIGITS, divideHalfUp, minus, money, plus, toDecimal } from './index';

const MINOR = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

describe('Money', () => {
  it('GEN-01 never adds two currencies', () => {
    expect(() => plus(money(1, 'EUR'), money(1, 'USD'))).toThrow('two currencies');
  });

  it('GEN-01 holds integers of the minor unit only', () => {
    expect(() => money(10.5, 'EUR')).toThrow('safe integer');
    expect(() => money(2 ** 53, 'EUR')).toThrow('safe integer');
  });

  it('GEN-01 knows the digits of every currency', () => {
    expect([DIGITS.JPY, DIGITS.EUR, DIGITS.TND, DIGITS.XPF]).toEqual([0, 2, 3, 0]);
  });

  it('adds and takes away without loss', () => {
    fc.assert(
      fc.property(MINOR, MINOR, (left, right) => {
        const sum = plus(money(left, 'EUR'), money(right, 'EUR'));
        expect(minus(sum, money(right, 'EUR'))).toEqual(money(left, 'EUR'));
      }),
    );
  });

  it('writes decimals with the digits of the currency', () => {
    expect(toDecimal(money(1250, 'EUR'))).toBe('12.50');
    expect(toDecimal(money(-5, 'EUR'))).toBe('-0.05');
    expect(toDecimal(money(1250, 'JPY'))).toBe('1250');
    expect(toDecimal(money(1250, 'TND'))).toBe('1.250');
  });

  it('STAT-12 rounds an average half up', () => {
    expect(divideHalfUp(13_333, 2)).toBe(6667);
    expect(divideHalfUp(18_833, 3)).toBe(6278);
    expect(divideHalfUp(Number.MAX_SAFE_INTEGER, 2)).toBe(4_503_599_627_370_496);
    expect(() => divideHalfUp(1, 0)).toThrow('positive');
  });
});
