import { pageOf, readListQuery } from './page-in-memory';

const page = { limit: 2, cursor: null };
const order = { keyOf: (item: string) => item };

describe('The query of a small list', () => {
  it('tells filters and page, with what is left out', () => {
    expect(readListQuery({ search: '4000' }, ['search', 'nodeId'])).toEqual({
      filters: { search: '4000', nodeId: null },
      page: { limit: 50, cursor: null },
    });
  });

  it.each([
    ['a filter nobody knows', { serach: '4000' }, 'unknown-filter', 'query/serach'],
    ['an empty filter', { search: ' ' }, 'unknown-filter-value', 'query/search'],
    ['a repeated filter', { search: ['1', '2'] }, 'unknown-filter-value', 'query/search'],
    ['a page of nothing', { limit: '0' }, 'invalid-limit', 'query/limit'],
    ['a page too large', { limit: '501' }, 'invalid-limit', 'query/limit'],
    ['a page size that is no number', { limit: '1e2' }, 'invalid-limit', 'query/limit'],
  ])('refuses %s', (_name, query, code, pointer) => {
    expect(() => readListQuery(query, ['search'])).toThrow(
      expect.objectContaining({
        code,
        members: { errors: [expect.objectContaining({ pointer })] },
      }),
    );
  });
});

describe('The page of a list in memory', () => {
  it('goes from page to page to the end, in either order', () => {
    const first = pageOf(['c', 'a', 'b'], page, order);
    expect(first.items).toEqual(['a', 'b']);
    const second = pageOf(['c', 'a', 'b'], { ...page, cursor: first.nextCursor }, order);
    expect(second).toEqual({ items: ['c'], nextCursor: null });
    const backwards = pageOf(['c', 'a', 'b'], page, { ...order, isDescending: true });
    expect(backwards.items).toEqual(['c', 'b']);
  });

  it('repeats and hides nothing when rows come and go between two pages', () => {
    const { nextCursor } = pageOf(['a', 'b', 'd'], page, order);
    const next = pageOf(['0', 'a', 'c', 'd'], { ...page, cursor: nextCursor }, order);
    expect(next.items).toEqual(['c', 'd']);
  });

  it('refuses a cursor that is not its own', () => {
    expect(() => pageOf(['a'], { ...page, cursor: 'abc' }, order)).toThrow(
      expect.objectContaining({ code: 'invalid-cursor' }),
    );
  });
});
