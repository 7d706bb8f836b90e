import { instant, money } from '@encaisse/kernel';
import type { RefusalReason } from '@encaisse/ledger/domain';
import { encodeMessage } from '@encaisse/platform/iso8583';
import { acquirerRefusalOf } from '@encaisse/authorization/domain';
import type { AuthorizationRequest, ReversalRequest } from './acquirer-gateway';
import { answerOf, authorizationMessage, lateAnswerOf, reversalMessage } from './acquirer-messages';

const trace = {
  stan: '000123',
  retrievalReference: '1A2B3C4D5E6F',
  transmittedAt: instant('2026-07-31T22:30:05.999Z'),
};

const payment: AuthorizationRequest = {
  cardNumber: '4111111111111111',
  expiry: '2712',
  verificationCode: '123',
  amount: money(12_50, 'EUR'),
  contractNumber: '1234567',
  rank: '001',
  channel: 'E_COMMERCE',
  trace,
};

const reversal: ReversalRequest = {
  original: trace,
  amount: money(12_50, 'EUR'),
  contractNumber: '1234567',
  rank: '001',
  cardNumber: '4111111111111111',
  authorizationNumber: 'A1B2C3',
  at: instant('2026-07-31T22:30:21.000Z'),
};

describe('Write what the acquirer is asked', () => {
  it('dates a payment in UTC and in Paris time', () => {
    expect(authorizationMessage(payment, '30003')).toEqual({
      mti: '0100',
      fields: {
        2: '4111111111111111',
        3: '000000',
        4: '000000001250',
        7: '0731223005',
        11: '000123',
        12: '003005',
        13: '0801',
        14: '2712',
        22: '012',
        25: '59',
        32: '30003',
        37: '1A2B3C4D5E6F',
        41: '00000001',
        42: '1234567        ',
        49: '978',
        61: '123',
      },
    });
  });

  it('leaves out the code and the institution that are not there', () => {
    const { fields } = authorizationMessage({ ...payment, verificationCode: null }, null);
    expect(fields[61]).toBeUndefined();
    expect(fields[32]).toBeUndefined();
  });

  it.each([
    ['E_COMMERCE', '59'],
    ['M_COMMERCE', '59'],
    ['VIRTUAL_TERMINAL', '08'],
    ['CALL_CENTER', '08'],
    ['BUSINESS_SOFTWARE', '08'],
    ['IVR', '08'],
  ] as const)('PAY-01 tells that the payment came by %s', (channel, condition) => {
    expect(authorizationMessage({ ...payment, channel }, null).fields[25]).toBe(condition);
  });

  it('writes amounts in the minor units of their currency', () => {
    const yen = authorizationMessage({ ...payment, amount: money(1250, 'JPY') }, null).fields;
    expect([yen[4], yen[49]]).toEqual(['000000001250', '392']);
  });

  it('throws on an amount that the wire cannot carry', () => {
    const { amount: _amount, ...others } = payment;
    const ask = (minor: number) => () =>
      encodeMessage(authorizationMessage({ ...others, amount: money(minor, 'EUR') }, null));
    expect(ask(0)).toThrow('positive amounts only');
    expect(ask(999_999_999_999)).not.toThrow();
    expect(ask(1_000_000_000_000)).toThrow('field 4');
  });

  it('names the original in a reversal that has a trace number of its own', () => {
    expect(reversalMessage(reversal, '000124', '30003')).toEqual({
      mti: '0400',
      fields: {
        2: '4111111111111111',
        3: '000000',
        4: '000000001250',
        7: '0731223021',
        11: '000124',
        12: '003021',
        13: '0801',
        32: '30003',
        37: '1A2B3C4D5E6F',
        38: 'A1B2C3',
        41: '00000001',
        42: '1234567        ',
        49: '978',
        90: '0100' + '000123' + '0731223005' + '00000030003' + '00000000000',
      },
    });
  });

  it('reverses without the card and the number nobody has any more', () => {
    const bare = { ...reversal, cardNumber: null, authorizationNumber: null };
    const { fields } = reversalMessage(bare, '000124', null);
    expect([fields[2], fields[32], fields[38]]).toEqual([undefined, undefined, undefined]);
    expect(fields[90]).toBe('0100' + '000123' + '0731223005' + '00000000000' + '00000000000');
  });
});

describe('Read what the acquirer answers', () => {
  it.each([
    ['A1B2C3', 'A1B2C3'],
    ['A1B2  ', 'A1B2'],
    ['      ', null],
  ])('reads the authorisation number « %s »', (field, authorizationNumber) => {
    const answer = { mti: '0110', fields: { 38: field, 39: '00' } };
    expect(answerOf(answer)).toEqual({ responseCode: '00', authorizationNumber });
  });

  it('tells a late answer to a reversal from one to a payment', () => {
    const fields = { 11: '000123', 39: '00' };
    expect(lateAnswerOf({ mti: '0410', fields }).kind).toBe('reversal');
    expect(lateAnswerOf({ mti: '0110', fields })).toEqual({
      kind: 'authorization',
      stan: '000123',
      retrievalReference: null,
      responseCode: '00',
      authorizationNumber: null,
    });
  });

  it('TRX-32 refuses for a reason the ledger knows', () => {
    const reason: RefusalReason | null = acquirerRefusalOf('51');
    expect(reason).toBe('ISSUER_DECLINED');
  });
});
