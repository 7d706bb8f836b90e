import { type AcquirerRefusalReason, acquirerRefusalOf } from './refusal-reason';

describe('Tell the merchant why the acquirer refused', () => {
  const rows: readonly [codes: string, reason: AcquirerRefusalReason][] = [
    ['33 54', 'CARD_EXPIRED'],
    ['14', 'INVALID_CARD_NUMBER'],
    ['03 12 13 19 20 30 31 68 90 91 94 96 97 98 99', 'TECHNICAL_ERROR'],
    ['24 25 26 27 28 29', 'TECHNICAL_ERROR'],
    ['01 02 04 05 07 08 15 17 34 38 41 43 51 55 56 57 58 59 60 61 63 75 76 89', 'ISSUER_DECLINED'],
  ];

  it.each(rows)('TRX-32 codes %s give %s', (codes, reason) => {
    expect(codes.split(' ').map(acquirerRefusalOf)).toEqual(codes.split(' ').map(() => reason));
  });

  it('has no reason to give when the code approves', () => {
    expect(acquirerRefusalOf('00')).toBeNull();
  });

  it.each(['A1', '', 'constructor'])('takes the unknown code « %s » for a refusal', (code) => {
    expect(acquirerRefusalOf(code)).toBe('ISSUER_DECLINED');
  });
});
