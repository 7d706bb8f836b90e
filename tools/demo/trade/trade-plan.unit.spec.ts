import { type BusinessDay, businessDay, isUuidV7 } from '@encaisse/kernel';
import { HAND_MADE_TRADE } from '../fixtures/hand-made-trade';
import { operationIdOf, planTrade, type TradePlan } from './trade-plan';

const LAST_DAY = businessDay('2026-11-21');
const csv = (...rows: string[]) => ['customer,date,items,amount_usd', ...rows, ''].join('\n');

const stepsOf = (plan: TradePlan) => plan.days.flatMap(({ steps }) => steps);
const timesOf = (plan: TradePlan, kind: string) =>
  stepsOf(plan)
    .filter((step) => step.kind === kind)
    .map(({ at, payment, amountMinor }) => [at, payment.orderReference, amountMinor]);

describe('Plan the replay of a trade', () => {
  const plan = planTrade(HAND_MADE_TRADE, LAST_DAY);

  it('moves all the dates by the same days, so that the last one is the day given', () => {
    expect(plan.firstDay).toBe('2026-11-09');
    expect(plan.lastDay).toBe('2026-11-21');
    expect(plan.days).toHaveLength(13);
  });

  it('pays the rows of a day 30 seconds apart from 09:00 in Paris, rows of zero taking their place', () => {
    const first = timesOf(plan, 'payment').slice(0, 4);
    expect(first).toEqual([
      ['2026-11-09T08:00:00.000Z', 'CD-0001-1', 2933],
      ['2026-11-09T08:00:30.000Z', 'CD-0002-1', 6334],
      ['2026-11-09T08:01:30.000Z', 'CD-0004-1', 1397],
      ['2026-11-09T08:02:00.000Z', 'CD-0005-1', 1051],
    ]);
    expect(plan.leftOut.map(({ line, customer }) => [line, customer])).toEqual([[4, '0003']]);
  });

  it('counts all the rows of a customer in the order reference, refused and zero ones too', () => {
    const rows = [
      '07,1997-01-01,1,0.00',
      '07,1997-01-01,1,1.51',
      '7,1997-01-02,1,1.00',
      '07,1997-01-02,1,1.00',
    ];
    const payments = timesOf(planTrade(csv(...rows), LAST_DAY), 'payment');
    expect(payments.map(([, reference]) => reference)).toEqual(['CD-07-2', 'CD-7-1', 'CD-07-3']);
  });

  it('gives each customer a card whose check digit is right, valid to the third December', () => {
    const cards = stepsOf(plan).map(({ payment }) => payment.cardNumber);
    expect(cards[0]).toBe('4000000000000010');
    for (const card of cards) {
      const digits = Array.from(card).reverse().map(Number);
      const sum = digits.reduce((total, digit, index) => {
        if (index % 2 === 0) return total + digit;
        return total + (digit * 2 > 9 ? digit * 2 - 9 : digit * 2);
      }, 0);
      expect(sum % 10).toBe(0);
    }
    expect(plan.cardExpiry).toBe('2912');
  });

  it.each([
    ['10.50', true, false],
    ['10.51', false, false],
    ['10.05', false, false],
    ['10.5', true, false],
    ['10.54', false, false],
    ['10.91', false, true],
    ['10.92', false, true],
    ['10.96', false, false],
    ['10000.00', true, false],
    ['10000.01', false, false],
    ['10000.91', false, false],
    ['0.01', true, false],
  ])('foresees the acquirer’s answer to %s', (amount, isAccepted, isSlow) => {
    const [step] = stepsOf(planTrade(csv(`1,1997-01-01,1,${amount}`), LAST_DAY));
    expect(step?.payment).toMatchObject({ isAccepted, isSlow });
  });

  it('captures purchases of ten items or more in full two days later at 10:00', () => {
    expect(timesOf(plan, 'capture')).toEqual([
      ['2026-11-11T09:00:00.000Z', 'CD-0002-1', 6334],
      ['2026-11-14T09:00:00.000Z', 'CD-0061-1', 5100],
    ]);
    const nine = planTrade(csv('1,1997-01-01,9,5.00', '1,1997-01-05,1,1.00'), LAST_DAY);
    expect(timesOf(nine, 'capture')).toEqual([]);
  });

  it('cancels the fiftieth accepted purchase the same day at 22:00', () => {
    expect(timesOf(plan, 'cancel')).toEqual([['2026-11-12T21:00:00.000Z', 'CD-0060-1', 5050]]);
  });

  it('refunds half of the twentieth, rounded down, ten days later at 11:00', () => {
    expect(timesOf(plan, 'refund')).toEqual([
      ['2026-11-20T10:00:00.000Z', 'CD-0001-2', 499],
      ['2026-11-21T10:00:00.000Z', 'CD-0050-1', 100],
    ]);
  });

  it('refunds the hundredth only when it was authorised and captured, else cancels it', () => {
    const rows = (items: number) => [
      ...Array.from({ length: 99 }, () => '1,1997-01-01,1,1.00'),
      `1,1997-01-01,${items},9.00`,
      '1,1997-01-20,1,1.00',
    ];
    const ranked = (items: number) => planTrade(csv(...rows(items)), LAST_DAY);
    expect(timesOf(ranked(1), 'cancel').map(([, reference]) => reference)).toEqual([
      'CD-1-50',
      'CD-1-100',
    ]);
    expect(timesOf(ranked(1), 'refund')).toHaveLength(4);
    expect(timesOf(ranked(10), 'cancel')).toHaveLength(1);
    expect(timesOf(ranked(10), 'refund').at(-1)).toEqual([
      '2026-11-12T10:00:00.000Z',
      'CD-1-100',
      450,
    ]);
  });

  it('collects every evening at 23:00, empty ones too', () => {
    expect(plan.days.map(({ day, telecollectionAt }) => [day, telecollectionAt])).toContainEqual([
      '2026-11-13',
      '2026-11-13T22:00:00.000Z',
    ]);
  });

  it('leaves undone what would fall after the last day, and does the last day’s own steps', () => {
    const [last] = plan.days.slice(-1);
    expect(last?.steps.map(({ kind }) => kind)).toEqual(['payment', 'refund']);
    expect(timesOf(plan, 'capture').flat()).not.toContain('CD-0071-1');
    const cut = planTrade(HAND_MADE_TRADE, LAST_DAY, 4);
    expect(cut.lastDay).toBe('2026-11-12');
    expect(timesOf(cut, 'cancel')).toHaveLength(1);
    expect(timesOf(cut, 'refund')).toHaveLength(0);
    expect(cut.cardExpiry).toBe('2912');
  });

  it('puts what falls at the same instant in the order of the file', () => {
    const early = '1,1997-01-01,10,8.00';
    const rows = Array.from({ length: 122 }, () => '2,1997-01-03,1,1.00');
    const [, , day] = planTrade(csv(early, ...rows), LAST_DAY).days;
    const atTen = day?.steps.filter(({ at }) => at === '2026-11-21T09:00:00.000Z');
    expect(atTen?.map(({ kind, payment }) => [kind, payment.line])).toEqual([
      ['capture', 2],
      ['payment', 123],
    ]);
  });

  it.each([
    ['2026-03-28', '2026-03-28T08:00:00.000Z', '2026-03-28T22:00:00.000Z'],
    ['2026-03-29', '2026-03-29T07:00:00.000Z', '2026-03-29T21:00:00.000Z'],
    ['2026-10-24', '2026-10-24T07:00:00.000Z', '2026-10-24T21:00:00.000Z'],
    ['2026-10-25', '2026-10-25T08:00:00.000Z', '2026-10-25T22:00:00.000Z'],
  ])('keeps Paris time on %s, when the clocks change', (day, paidAt, collectedAt) => {
    const [only] = planTrade(csv('1,1997-01-01,1,5.00'), day as BusinessDay).days;
    expect(only).toMatchObject({ day, telecollectionAt: collectedAt });
    expect(only?.steps[0]?.at).toBe(paidAt);
  });

  it('moves by days of the calendar across a change of clocks', () => {
    const rows = ['1,1997-01-01,10,5.00', '1,1997-01-03,1,1.00'];
    const moved = planTrade(csv(...rows), businessDay('2026-03-30'));
    expect(timesOf(moved, 'capture')).toEqual([['2026-03-30T08:00:00.000Z', 'CD-1-1', 500]]);
  });

  it('names the line that is no purchase', () => {
    expect(() => planTrade(csv('1,1997-01-01,1,5.00', 'x,1997-01-01,1,5'), LAST_DAY)).toThrow(
      'ligne 3',
    );
    expect(() => planTrade('a,b\n1,2', LAST_DAY)).toThrow('en-tête');
    expect(() => planTrade(csv(), LAST_DAY)).toThrow('aucun achat');
    const many = Array.from({ length: 1561 }, () => '1,1997-01-01,1,5.00');
    expect(() => planTrade(csv(...many), LAST_DAY)).toThrow('plus de 1560 achats');
  });
});

describe('Name the operations of a row', () => {
  const steps = stepsOf(planTrade(HAND_MADE_TRADE, LAST_DAY));

  it('gives every step its own UUIDv7, the same each time', () => {
    const ids = steps.map((step) => operationIdOf(step));
    expect(ids.every(isUuidV7)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    const again = stepsOf(planTrade(HAND_MADE_TRADE, LAST_DAY)).map((step) => operationIdOf(step));
    expect(again).toEqual(ids);
  });

  it('carries the step’s instant and sorts by it', () => {
    const [first] = steps;
    const millis = parseInt(operationIdOf(first!).replace('-', '').slice(0, 12), 16);
    expect(new Date(millis).toISOString()).toBe(first?.at);
  });

  it('gives a second attempt another id', () => {
    const [first] = steps;
    expect(operationIdOf(first!, 2)).not.toBe(operationIdOf(first!));
  });
});
