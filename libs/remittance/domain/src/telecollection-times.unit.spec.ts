import { instant } from '@encaisse/kernel';
import { isTelecollectedAt, nextTelecollection } from './telecollection-times';

const at = (text: string) => instant(`${text}.000Z`);

describe('The next telecollection', () => {
  it.each([
    ['tonight', '2017-05-15T20:59:59', ['23:00'], '2017-05-15T21:00:00'],
    ['tomorrow once it has begun', '2017-05-15T21:00:00', ['23:00'], '2017-05-16T21:00:00'],
    ['the first of several', '2017-05-15T10:00:00', ['23:00', '21:30'], '2017-05-15T19:30:00'],
    ['after midnight', '2017-05-15T21:30:00', ['00:15'], '2017-05-15T22:15:00'],
    ['in winter', '2017-01-15T10:00:00', ['23:00'], '2017-01-15T22:00:00'],
    [
      'the evening before the clocks go on',
      '2017-03-25T12:00:00',
      ['23:00'],
      '2017-03-25T22:00:00',
    ],
    ['the evening after they went on', '2017-03-26T12:00:00', ['23:00'], '2017-03-26T21:00:00'],
    ['the evening before they go back', '2017-10-28T12:00:00', ['23:00'], '2017-10-28T21:00:00'],
    ['the evening after they went back', '2017-10-29T12:00:00', ['23:00'], '2017-10-29T22:00:00'],
    ['a time the spring night skips', '2017-03-26T00:00:00', ['02:30'], '2017-03-26T01:30:00'],
    [
      'a time the autumn night shows twice',
      '2017-10-28T23:00:00',
      ['02:30'],
      '2017-10-29T00:30:00',
    ],
    ['not its second showing', '2017-10-29T00:30:00', ['02:30'], '2017-10-30T01:30:00'],
    ['on 31 December', '2017-12-31T22:30:00', ['23:00'], '2018-01-01T22:00:00'],
  ] as const)('REM-02 is %s', (_, after, times, expected) => {
    const due = nextTelecollection(at(after), times);
    expect(due).toBe(at(expected));
    expect(times.some((time) => isTelecollectedAt(due!, time))).toBe(true);
  });

  it('is never without a contract', () => {
    expect(nextTelecollection(at('2017-05-15T10:00:00'), [])).toBeNull();
  });

  it('REM-02 belongs to the contracts of its time only', () => {
    expect(isTelecollectedAt(at('2017-05-15T21:00:00'), '23:00')).toBe(true);
    expect(isTelecollectedAt(at('2017-05-15T21:00:00'), '21:30')).toBe(false);
  });
});
