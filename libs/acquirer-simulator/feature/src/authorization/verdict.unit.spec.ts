import { type Verdict, verdictOn } from './verdict';

describe('Decide on an authorisation by its amount', () => {
  const rows: readonly [amount: string, verdict: Verdict][] = [
    ['000000001051', { responseCode: '51', answer: 'at-once' }],
    ['000000000005', { responseCode: '05', answer: 'at-once' }],
    ['000000000054', { responseCode: '54', answer: 'at-once' }],
    ['000000009991', { responseCode: '91', answer: 'never' }],
    ['000000009992', { responseCode: '00', answer: 'late' }],
    ['000000000096', { responseCode: '96', answer: 'at-once' }],
    ['000000005100', { responseCode: '00', answer: 'at-once' }],
    ['000000000500', { responseCode: '00', answer: 'at-once' }],
    ['000000000050', { responseCode: '00', answer: 'at-once' }],
    ['000000000151', { responseCode: '51', answer: 'at-once' }],
  ];

  it.each(rows)('judges %s', (amount, verdict) => {
    expect(verdictOn(amount)).toEqual(verdict);
  });
});
