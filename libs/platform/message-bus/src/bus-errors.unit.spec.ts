import { StoreUnavailable, UnreadableEvent } from '@encaisse/platform/event-store';
import { isWaitedOut } from './bus-errors';

function sqlError(code: string): Error {
  return Object.assign(new Error(`SQLSTATE ${code}`), { code, severity: 'ERROR' });
}

describe('Telling a bad message from an outage', () => {
  it.each([
    ['a refused connection', Object.assign(new Error(''), { code: 'ECONNREFUSED' })],
    ['a connection refused on every address', new AggregateError([{ code: 'ECONNREFUSED' }])],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    ['an outage wrapped by a consumer', new Error('later', { cause: sqlError('57P01') })],
    ['an absent table', sqlError('42P01')],
    ['a deadlock', sqlError('40P01')],
    ['a full disk', sqlError('53100')],
    ['an unknown state', sqlError('ZZ999')],
    ['a log that does not answer', new StoreUnavailable('gone')],
    ['an event of a newer release', new UnreadableEvent('newer')],
  ])('waits out %s', (_what, error) => {
    expect(isWaitedOut(error)).toBe(true);
  });

  it.each([
    ['a bad value', sqlError('22P02')],
    ['a broken constraint', sqlError('23505')],
    ['what a function raises', sqlError('P0001')],
    ['a transaction broken by such an error', sqlError('25P02')],
    ['a mistake of the consumer', new TypeError('undefined is not a function')],
    ['an error with a code of its own', Object.assign(new Error('no'), { code: 'ERR_NO' })],
    ['a thrown text', 'no'],
    ['nothing', undefined],
  ])('does not wait for %s', (_what, error) => {
    expect(isWaitedOut(error)).toBe(false);
  });
});
