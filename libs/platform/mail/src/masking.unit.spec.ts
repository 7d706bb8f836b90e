import { errorLine, maskedAddress, maskedMobile } from './masking';
import { pauseAfter, RETRY_PAUSES_MILLIS } from './retry-plan';

describe('What stays of a message', () => {
  it.each([
    ['camille.durand@example.com', 'c***@example.com'],
    ['a@b', 'a***@b'],
    ['@b', '***@b'],
  ])('shows of the address %s only %s', (address, shown) => {
    expect(maskedAddress(address)).toBe(shown);
  });

  it('shows the beginning and the last two digits of a mobile', () => {
    expect(maskedMobile('+33612345678')).toBe('+336****78');
  });

  it.each([
    [
      '550 no mailbox for <camille@example.com>\r\nbye',
      '550 no mailbox for <c***@example.com> bye',
    ],
    ['see https://mail.example/help#token', 'see [link]'],
    ['token 0123456789abcdefghijklmnop', 'token […]'],
    ['+33612345678 is unknown', '+336****78 is unknown'],
    ['card 4000000000000010', 'card 400000******0010'],
  ])('keeps of the failure %j the line %j', (text, line) => {
    expect(errorLine(text)).toBe(line);
    expect(errorLine('x y '.repeat(200))).toHaveLength(200);
  });
});

describe('The pauses between attempts', () => {
  it('NOTIF-18 grow from a minute to hours, 24 hours in all', () => {
    expect(RETRY_PAUSES_MILLIS.slice(0, 5).map((millis) => millis / 60_000)).toEqual([
      1, 5, 15, 60, 240,
    ]);
    expect(RETRY_PAUSES_MILLIS.reduce((sum, one) => sum + one)).toBe(24 * 3_600_000);
    expect(pauseAfter(1)).toBe(60_000);
    expect(pauseAfter(RETRY_PAUSES_MILLIS.length)).toBe(9_540_000);
    expect(pauseAfter(RETRY_PAUSES_MILLIS.length + 1)).toBeNull();
  });
});
