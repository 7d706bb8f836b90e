import { instant } from '@encaisse/kernel';
import { stretchesOf } from './stretches';

const PERIOD = {
  from: instant('2025-10-20T06:00:00.000Z'),
  to: instant('2026-11-28T23:00:00.000Z'),
};
const INSIDE = instant('2026-05-10T10:00:00.000Z');

describe('Stretches of a period', () => {
  it.each([
    [true, null, PERIOD],
    [false, null, PERIOD],
    [true, INSIDE, { ...PERIOD, to: instant('2026-05-10T10:00:00.001Z') }],
    [false, INSIDE, { ...PERIOD, from: INSIDE }],
  ])(
    'leave nothing out and hold nothing twice: descending %s, after %s',
    (isDescending, after, left) => {
      const stretches = [...stretchesOf(PERIOD, isDescending, after)];
      const inOrder = isDescending ? stretches.reverse() : stretches;
      expect(inOrder[0]?.from).toBe(left.from);
      expect(inOrder.at(-1)?.to).toBe(left.to);
      for (const [index, { from }] of inOrder.slice(1).entries())
        expect(from).toBe(inOrder[index]?.to);
      expect(inOrder.length).toBeGreaterThan(2);
    },
  );

  it('begin with the month of the newest rows, cut at midnight in Paris, and go on by three', () => {
    const starts = [...stretchesOf(PERIOD, true, null)].map(({ from }) => from);
    expect(starts).toEqual([
      '2026-10-31T23:00:00.000Z',
      '2026-07-31T22:00:00.000Z',
      '2026-04-30T22:00:00.000Z',
      '2026-01-31T23:00:00.000Z',
      '2025-10-31T23:00:00.000Z',
      '2025-10-20T06:00:00.000Z',
    ]);
  });

  it('are the period itself when it lies in one month', () => {
    const day = {
      from: instant('2026-06-09T22:00:00.000Z'),
      to: instant('2026-06-10T22:00:00.000Z'),
    };
    expect([...stretchesOf(day, true, null)]).toEqual([day]);
    expect([...stretchesOf(day, false, null)]).toEqual([day]);
  });
});
