import { newRetrievalReference } from './retrieval-reference';
import { TraceNumbers } from './trace-numbers';

const none = () => false;

describe('Number exchanges with an acquirer', () => {
  it('counts to 999999 and begins again at 000001', () => {
    const numbers = new TraceNumbers(999_998);
    const drawn = [1, 2, 3, 4].map(() => numbers.next(none));
    expect(drawn).toEqual(['999998', '999999', '000001', '000002']);
  });

  it('leaves out the numbers that are taken', () => {
    const numbers = new TraceNumbers(999_999);
    const taken = new Set(['999999', '000001']);
    expect(numbers.next((stan) => taken.has(stan))).toBe('000002');
  });

  it('throws when every number is taken', () => {
    expect(() => new TraceNumbers(1).next(() => true)).toThrow('every trace number is in flight');
  });

  it('gives each exchange a reference of its own', () => {
    const references = Array.from({ length: 10_000 }, newRetrievalReference);
    expect(new Set(references).size).toBe(10_000);
    for (const reference of references) expect(reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
  });
});
