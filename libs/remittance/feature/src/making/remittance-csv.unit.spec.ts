import { businessDay, instant, money } from '@encaisse/kernel';
import type { BatchLine } from '@encaisse/platform/iso20022';
import { CSV_HEADER, csvLine } from './remittance-csv';

const OPENING = {
  remittanceId: 'r',
  number: '1234567-1',
  environment: 'TEST',
  shopId: 's',
  contractId: 'c',
  contractNumber: '1234567',
  rank: '001',
  paymentMeans: 'CB',
  currency: 'EUR',
  acquirer: 'BNP',
  trigger: 'telecollection',
  cutOff: businessDay('2017-05-15'),
  sendingId: null,
  openedAt: instant('2017-05-15T21:00:00.000Z'),
} as const;
const LINE: BatchLine = {
  sequence: 1,
  kind: 'CANCELLATION',
  amount: money(1250, 'EUR'),
  transactionNumber: '0000000001',
  transactionAt: instant('2017-05-15T08:00:00.000Z'),
  originalTransactionNumber: null,
  orderReference: 'CMD-1',
  archivingReference: null,
  authorizationNumber: '123456',
  retrievalReference: null,
  card: { cardId: 'x', maskedNumber: '497010******4271', brand: 'CB' },
};

describe('The csv of a remittance', () => {
  it('has one line per remitted line, with as many fields as its header', () => {
    const text = csvLine(OPENING, LINE);
    expect(text).toBe(
      '1234567-1;TEST;1234567;001;CB;1;CANCELLATION;CREDIT;12.50;EUR;0000000001;' +
        '2017-05-15T08:00:00.000Z;;CMD-1;;123456;;497010******4271\r\n',
    );
    expect(text.split(';')).toHaveLength(CSV_HEADER.split(';').length);
  });

  it.each([
    ['a;b', '"a;b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
    ['=1+1', "'=1+1"],
    ['@x;y', `"'@x;y"`],
    ['-5', "'-5"],
    ['plain', 'plain'],
  ])('writes the reference %p as %p', (orderReference, field) => {
    expect(csvLine(OPENING, { ...LINE, orderReference })).toContain(`;;${field};;`);
  });
});
