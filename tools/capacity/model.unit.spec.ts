import type { MeasuredCosts } from './measured';
import { type Load, planFor } from './model';

const COSTS: MeasuredCosts = {
  authorizationMillis: 1,
  databaseMillis: 0.5,
  projectionMillis: 0.25,
  messagingMillis: 0.1,
  eventsPerTransaction: 4,
  bytesPerEvent: 1000,
  bytesPerJournalRow: 2000,
  logEventsPerSecond: 10_000,
  rebuildEventsPerSecond: 40_000,
};
const LOAD: Load = {
  peakPaymentsPerSecond: 1000,
  peakOverMean: 10,
  yearsOfHistory: 10,
  searchableMonths: 12,
  coresPerMachine: 8,
  utilisation: 0.5,
};

describe('The capacity model', () => {
  it('plans cores for the peak at the share of a core that is wanted', () => {
    const plan = planFor(LOAD, COSTS);
    expect(plan.authorization).toEqual({ cores: 2, copies: 2 });
    expect(plan.databaseCores).toBe(1);
    expect(plan.backoffice.cores).toBe(0.5);
  });

  it('never plans fewer than two copies, so that one may fail', () => {
    const plan = planFor({ ...LOAD, peakPaymentsPerSecond: 1 }, COSTS);
    expect(plan.authorization.copies).toBe(2);
    expect(plan.machines).toBe(4);
  });

  it('counts history by the mean of the year, the journal by what can be searched', () => {
    const plan = planFor(LOAD, COSTS);
    expect(plan.transactionsPerYear).toBeCloseTo(100 * 365.25 * 86_400);
    expect(plan.logGigabytes).toBeCloseTo((plan.eventsPerYear * 10 * 1000) / 1e9);
    expect(plan.journalGigabytes).toBeCloseTo((plan.transactionsPerYear * 2000) / 1e9);
  });

  it('says when one log is no longer enough, and how many are', () => {
    expect(planFor(LOAD, COSTS)).toMatchObject({ logShare: 0.4, logs: 1 });
    const more = planFor({ ...LOAD, peakPaymentsPerSecond: 5000 }, COSTS);
    expect(more).toMatchObject({ logShare: 2, logs: 4 });
  });
});
