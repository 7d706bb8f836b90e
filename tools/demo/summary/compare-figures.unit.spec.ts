import { businessDay } from '@encaisse/kernel';
import { expectedTrade } from '../expected-trade';
import { HAND_MADE_TRADE } from '../fixtures/hand-made-trade';
import { perfectLog } from '../fixtures/perfect-log';
import { figuresOfEvents, foldEvents, interruptedAttempts, type LoggedEvent } from '../fold-events';
import { placeOf } from '../trade/trade-place';
import { TradeProgress } from '../trade/trade-progress';
import { planTrade } from '../trade/trade-plan';
import { compareFigures, withInterruptions } from './compare-figures';
import { differenceLines, figureTable } from './print-figures';

const place = placeOf(businessDay('2026-11-21'));
const plan = planTrade(HAND_MADE_TRADE, place.lastDay);
const log = perfectLog(plan, place);
const expected = expectedTrade(HAND_MADE_TRADE);
const NAMES = ['A', 'B', 'C', 'D'];

function calculations(events: readonly LoggedEvent[]) {
  const folded = figuresOfEvents(foldEvents(events), place.shopIds);
  return [
    { name: 'événements', figures: folded },
    { name: 'fichier', figures: expected },
  ];
}

function differences(events: readonly LoggedEvent[]): string[] {
  const both = calculations(events);
  return [
    ...differenceLines(compareFigures(both), both, NAMES),
    ...foldEvents(events).gaps,
    // The reader of the log counts positions: the last event of a stream is missed by no version.
    ...(events.length === (events.at(-1)?.position ?? 0) ? [] : ['position']),
  ];
}

describe('Compare calculations of a trade', () => {
  it('finds none different when the product did what the file says', () => {
    expect(differences(log)).toEqual([]);
  });

  it('sees any one event dropped', () => {
    const unseen = log.slice(0, -1).filter((dropped) => {
      const rest = log.filter((event) => event !== dropped);
      return differences(rest).length === 0;
    });
    expect(unseen).toEqual([]);
  });

  it.each(['PaymentAccepted', 'PaymentRefused', 'TransactionCaptured', 'TransactionCancelled'])(
    'sees the figures move when one %s is dropped',
    (type) => {
      const dropped = log.find((event) => event.type === type);
      const both = calculations(log.filter((event) => event !== dropped));
      expect(differenceLines(compareFigures(both), both, NAMES)).not.toEqual([]);
    },
  );

  it('sees one cent more', () => {
    const moved = log.map((event) =>
      event.type === 'PaymentRequested' && event.position === 1
        ? { ...event, data: { ...event.data, amount: { minor: 2934, currency: 'USD' } } }
        : event,
    );
    expect(differences(moved)).toContainEqual(
      expect.stringMatching(/^B, Chiffre d’affaires : événements .*; fichier /),
    );
  });

  it('tells attempts that a breakdown interrupted apart', () => {
    const [requested] = log;
    const id = 'first-try';
    const again: LoggedEvent[] = [
      { ...requested!, streamId: id, data: { ...requested!.data, transactionId: id } },
      {
        ...requested!,
        streamId: id,
        version: 1,
        type: 'PaymentRefused',
        data: { transactionId: id, responseCode: null },
      },
    ];
    const trade = foldEvents([...again, ...log]);
    const interruptions = interruptedAttempts(trade, place.shopIds);
    expect(interruptions).toEqual([0, 1, 0, 0]);
    const both = [
      { name: 'événements', figures: figuresOfEvents(trade, place.shopIds) },
      { name: 'fichier', figures: withInterruptions(expected, interruptions) },
    ];
    expect(differenceLines(compareFigures(both), both, NAMES)).toEqual([]);
  });

  it('prints the calculations side by side', () => {
    const both = calculations(log);
    const table = figureTable(compareFigures(both), both, NAMES);
    expect(table).toContain('Toutes les boutiques');
    expect(table).toMatch(/DEBIT ACCEPTED SENT +59 +59 +=/);
    expect(table).not.toContain('≠');
  });
});

describe('Find where to resume', () => {
  const firstUnfinished = (events: readonly LoggedEvent[]) =>
    new TradeProgress(foldEvents(events), place).firstUnfinishedDay(plan);

  it('begins with the first day, and ends when all is done', () => {
    expect(firstUnfinished([])).toBe(0);
    expect(firstUnfinished(log)).toBe(plan.days.length);
  });

  it('never skips a day of which one event is missing', () => {
    for (const [index, missing] of log.entries()) {
      if (missing.type === 'PaymentAuthorized') continue;
      const until = log.slice(0, index);
      const undone = firstUnfinished(until);
      const day = plan.days.findIndex(({ steps }) =>
        steps.some(({ payment }) => payment.orderReference === missing.data['orderReference']),
      );
      if (missing.type === 'PaymentRequested') expect(undone).toBeLessThanOrEqual(day);
      expect(undone).toBeLessThan(plan.days.length);
    }
  });
});
