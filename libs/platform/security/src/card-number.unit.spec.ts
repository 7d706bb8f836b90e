import { cardTypeOf, checkCardNumber, maskCardNumber, redactCardNumbers } from './card-number';

describe('Reading a card number', () => {
  it.each([
    ['4970101234567890', null],
    ['4111111111111111', { number: '4111111111111111', cardType: 'VISA' }],
    ['5555 5555 5555 4444', { number: '5555555555554444', cardType: 'MASTERCARD' }],
    ['3782-822463-10005', { number: '378282246310005', cardType: 'AMEX' }],
    ['3530111333300000', { number: '3530111333300000', cardType: 'JCB' }],
    ['9999999999999999995', null],
    ['41111111111', null],
    ['41111111111111111111', null],
    ['4111x11111111111', null],
    ['', null],
  ])('reads %s as %j', (text, expected) => {
    expect(checkCardNumber(text)).toEqual(expected);
  });

  it('accepts a private card whose network is not public, without naming one', () => {
    expect(checkCardNumber('9250000000000008')).toEqual({
      number: '9250000000000008',
      cardType: null,
    });
    expect(cardTypeOf('9250000000000008')).toBeNull();
  });

  it('GEN-12 shows the first six and last four digits only', () => {
    expect(maskCardNumber('4111111111111111')).toBe('411111******1111');
    expect(maskCardNumber('378282246310005')).toBe('378282*****0005');
  });
});

describe('Redacting lines that leave the process', () => {
  it.each([
    ['card 4111111111111111 refused', 'card 411111******1111 refused'],
    ['{"pan":"5555 5555 5555 4444"}', '{"pan":"555555******4444"}'],
    ['carte 4000000000000010 01a220', 'carte 400000******0010 01a220'],
    ['12 4000 0000 0000 0010 3', '12 400000******0010 3'],
    ['n°4111-1111-1111-1111.', 'n°411111******1111.'],
    ['x4111111111111111y5555555555554444', 'x411111******1111y555555******4444'],
    ['4111111111111112 has a wrong check digit', '4111111111111112 has a wrong check digit'],
    ['transaction 0000012345', 'transaction 0000012345'],
    [
      'event 41111111-1111-7111-8111-000000000000 done',
      'event 41111111-1111-7111-8111-000000000000 done',
    ],
    ['41111111111111111111 has twenty digits', '41111111111111111111 has twenty digits'],
  ])('GEN-12 turns %j into %j', (line, expected) => {
    expect(redactCardNumbers(line)).toBe(expected);
  });
});
