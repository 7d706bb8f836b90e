import { unmetNeeds } from './store-needs';

const NEEDS = [
  { feature: 'verify', needs: ['hasDensePositions'], instead: 'use the tools of the server' },
  {
    feature: 'both',
    needs: ['isAtomicAcrossStreams', 'hasDensePositions'],
    instead: 'one after the other',
  },
] as const;

describe('What features need of the event store', () => {
  it('is told in one line each where it is missing', () => {
    expect(unmetNeeds(NEEDS, { isAtomicAcrossStreams: false, hasDensePositions: false })).toEqual([
      'verify needs positions without holes, which this event store does not offer: use the tools of the server',
      'both needs to record in several streams at once and positions without holes, which this event store does not offer: one after the other',
    ]);
    expect(unmetNeeds(NEEDS, { isAtomicAcrossStreams: false, hasDensePositions: true })).toEqual([
      'both needs to record in several streams at once, which this event store does not offer: one after the other',
    ]);
  });

  it('is not mentioned where the store can', () => {
    expect(unmetNeeds(NEEDS, { isAtomicAcrossStreams: true, hasDensePositions: true })).toEqual([]);
  });
});
