import { AuthorizationBook, type ExchangeReference } from './authorization-book';

const first: ExchangeReference = {
  stan: '000001',
  transmissionTime: '1122083000',
  contract: '1234567',
  terminal: '00000001',
  retrievalReference: '1A2B3C4D5E6F',
};
const second = { ...first, stan: '000002', retrievalReference: '1A2B3C4D5E6G' };

const APPROVED = '000000001000';
const REFUSED = '000000001051';
const UNANSWERED = '000000001091';
const LATE = '000000001092';

describe('Remember authorisations and reversals', () => {
  it('counts an approval as live until it is reversed', () => {
    const book = new AuthorizationBook(10);
    expect(book.authorize(first, APPROVED).authorizationNumber).toBe('000001');
    expect(book.liveAuthorizations).toBe(1);
    book.reverse(first);
    expect(book.liveAuthorizations).toBe(0);
  });

  it('counts an approval whose answer is late as live from its decision', () => {
    const book = new AuthorizationBook(10);
    book.authorize(first, LATE);
    expect(book.liveAuthorizations).toBe(1);
  });

  it.each([REFUSED, UNANSWERED])('holds nothing for a request of %s', (amount) => {
    const book = new AuthorizationBook(10);
    expect(book.authorize(first, amount).authorizationNumber).toBeNull();
    book.reverse(first);
    expect(book.liveAuthorizations).toBe(0);
  });

  it('gives the same answer to the same request and counts it once', () => {
    const book = new AuthorizationBook(10);
    const answer = book.authorize(first, APPROVED);
    expect(book.authorize(first, APPROVED)).toEqual(answer);
    expect(book.liveAuthorizations).toBe(1);
  });

  it('takes a reversal twice and undoes once', () => {
    const book = new AuthorizationBook(10);
    book.authorize(first, APPROVED);
    book.authorize(second, APPROVED);
    book.reverse(first);
    book.reverse(first);
    expect(book.liveAuthorizations).toBe(1);
  });

  it('keeps an authorisation dead when its reversal came first', () => {
    const book = new AuthorizationBook(10);
    book.reverse(first);
    book.authorize(first, APPROVED);
    expect(book.liveAuthorizations).toBe(0);
  });

  it('does not take another exchange with the same trace number for the same', () => {
    const book = new AuthorizationBook(10);
    book.authorize(first, APPROVED);
    book.reverse({ ...first, transmissionTime: '1122083001' });
    expect(book.liveAuthorizations).toBe(1);
  });

  it('forgets the oldest beyond its capacity and still counts it', () => {
    const book = new AuthorizationBook(1);
    book.authorize(first, APPROVED);
    book.authorize(second, APPROVED);
    book.reverse(first);
    expect(book.liveAuthorizations).toBe(2);
    book.reverse(second);
    expect(book.liveAuthorizations).toBe(1);
  });
});
