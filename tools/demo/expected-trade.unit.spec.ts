import { expectedTrade } from './expected-trade';
import { HAND_MADE_TRADE } from './fixtures/hand-made-trade';

const csv = (...rows: string[]) => ['customer,date,items,amount_usd', ...rows, ''].join('\n');

describe('Work a trade out from its file alone', () => {
  it('gives the figures a person works out by hand', () => {
    const { all } = expectedTrade(HAND_MADE_TRADE);
    // Sold: 29.33 + 13.97 on the 1st, 63.34 captured on the 3rd, 16 × 1.00 + 9.99 on the 2nd,
    // 29 × 2.00 on the 3rd, 51.00 captured on the 6th, 8 × 3.00 + 60.00 on the 12th.
    const soldCents = 2933 + 1397 + 6334 + 1600 + 999 + 5800 + 5100 + 2400 + 6000;
    expect(soldCents).toBe(32_563);
    expect(all).toEqual({
      states: {
        'DEBIT ACCEPTED SENT': 59,
        'DEBIT ACCEPTED AWAITING_CAPTURE': 1,
        'DEBIT REFUSED NOT_APPLICABLE': 6,
        'CANCELLATION ACCEPTED SENT': 1,
        'REFUND ACCEPTED SENT': 2,
      },
      count: 61,
      turnoverMinor: soldCents - 499 - 100,
      maximumMinor: 6334,
      // 32563 / 59 = 551.91…
      averageMinor: 552,
      remittances: {
        // 1st: shops 1, 0. 2nd, 3rd: all four. 4th: shop 0. 6th: shop 1. 12th: all four, a refund
        // among them. 13th: shop 2, a refund alone.
        count: 2 + 4 + 4 + 1 + 1 + 4 + 1,
        debits: { count: 60, minor: soldCents + 5050 },
        credits: { count: 3, minor: 5050 + 499 + 100 },
        totalMinor: soldCents - 499 - 100,
      },
    });
  });

  it('sets each customer’s purchases down to the shop of their number modulo four', () => {
    const { shops } = expectedTrade(
      csv('0004,1997-01-01,1,1.00', '0005,1997-01-01,1,2.00', '2357,1997-01-01,1,4.00'),
    );
    expect(shops.map(({ turnoverMinor }) => turnoverMinor)).toEqual([100, 600, 0, 0]);
    expect(shops[2]).toEqual({
      states: {},
      count: 0,
      turnoverMinor: 0,
      maximumMinor: null,
      averageMinor: null,
      remittances: {
        count: 0,
        debits: { count: 0, minor: 0 },
        credits: { count: 0, minor: 0 },
        totalMinor: 0,
      },
    });
  });

  it('rounds the average basket half up', () => {
    const { all } = expectedTrade(csv('1,1997-01-01,1,0.01', '1,1997-01-01,1,0.02'));
    expect(all.averageMinor).toBe(2);
  });

  it('takes an amount at the contract’s maximum and refuses one cent more', () => {
    const { all } = expectedTrade(csv('1,1997-01-01,1,10000.00', '1,1997-01-01,1,10000.01'));
    expect(all.states).toEqual({ 'DEBIT ACCEPTED SENT': 1, 'DEBIT REFUSED NOT_APPLICABLE': 1 });
  });

  it('leaves out a refund of half a cent', () => {
    const rows = Array.from({ length: 20 }, () => '4,1997-01-01,1,0.01');
    const { all } = expectedTrade(csv(...rows, '4,1997-02-01,1,1.00'));
    expect(all.states).toEqual({ 'DEBIT ACCEPTED SENT': 21 });
  });

  it('reads the first days only when asked to', () => {
    const { all } = expectedTrade(HAND_MADE_TRADE, 2);
    expect(all.states).toEqual({
      'DEBIT ACCEPTED SENT': 19,
      'DEBIT ACCEPTED AWAITING_CAPTURE': 1,
      'DEBIT REFUSED NOT_APPLICABLE': 6,
    });
  });
});
