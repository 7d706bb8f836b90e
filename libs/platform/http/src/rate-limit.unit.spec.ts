import { RateLimit } from './rate-limit';

describe('The limit of a costly request', () => {
  it('lets so many through within the time, each caller for itself, then again', () => {
    let now = 0;
    const timers = { monotonicMillis: () => now };
    const limit = new RateLimit(timers, { most: 2, windowMillis: 10_000 });
    limit.take('camille');
    limit.take('camille');
    now = 4_000;
    expect(() => limit.take('camille')).toThrow(
      expect.objectContaining({ code: 'too-many-requests', members: { retryAfterSeconds: 6 } }),
    );
    limit.take('dominique');
    now = 9_999;
    expect(() => limit.take('camille')).toThrow();
    now = 10_000;
    limit.take('camille');
  });
});
