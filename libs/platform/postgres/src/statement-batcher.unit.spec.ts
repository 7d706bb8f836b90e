import { StatementBatcher } from './statement-batcher';

describe('Grouping concurrent calls', () => {
  it('sends what gathers while a statement runs as one next statement', async () => {
    const batches: number[] = [];
    const batcher = new StatementBatcher<number, number>(async (items) => {
      batches.push(items.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return items.map((item) => item * 2);
    }, 100);
    const first = Array.from({ length: 3 }, (_, index) => batcher.submit(index));
    await new Promise((resolve) => setTimeout(resolve, 1));
    const second = Array.from({ length: 150 }, (_, index) => batcher.submit(index));
    expect(await Promise.all(first)).toEqual([0, 2, 4]);
    expect((await Promise.all(second)).at(-1)).toBe(298);
    expect(batches).toEqual([3, 100, 50]);
  });

  it('tells a failure to the calls of that statement and goes on', async () => {
    let isBroken = true;
    const batcher = new StatementBatcher<number, number>((items) =>
      isBroken ? Promise.reject(new Error('no database')) : Promise.resolve(items),
    );
    await expect(batcher.submit(1)).rejects.toThrow('no database');
    isBroken = false;
    expect(await batcher.submit(2)).toBe(2);
  });
});
