import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { EventStore } from '@encaisse/platform/event-store';
import type { Projections } from '@encaisse/platform/projections';
import { LedgerPositionGuard, ReadsFrom } from './ledger-position';

const HEAD = 12;

@ReadsFrom('backoffice.journal')
class Journal {
  read(this: void): void {
    return undefined;
  }
}

/** Read models and views that stand where the test says. */
function guardWhere(reached: { readonly models: number; readonly views: number }) {
  const at = (place: number) => (position: number) => Promise.resolve(position <= place);
  const models = at(reached.models);
  const views = at(reached.views);
  const projections = {
    waitFor: (_name: string, position: number) => models(position),
    settleViews: views,
    settle: async (position: number) => (await models(position)) && (await views(position)),
  } as unknown as Projections;
  const store = { lastPosition: () => Promise.resolve(HEAD) } as unknown as EventStore;
  return new LedgerPositionGuard(new Reflector(), projections, store);
}

const readAt = (position: string | undefined) =>
  ({
    getHandler: () => Journal.prototype.read,
    getClass: () => Journal,
    switchToHttp: () => ({ getRequest: () => ({ headers: { 'ledger-position': position } }) }),
  }) as unknown as ExecutionContext;

describe('A read that names a position', () => {
  it('goes on once its read model and the views of the process hold it', async () => {
    const guard = guardWhere({ models: 12, views: 12 });
    expect(await guard.canActivate(readAt('12'))).toBe(true);
  });

  it.each([
    ['its read model', { models: 11, views: 12 }],
    ['a view, which tells who may see what,', { models: 12, views: 11 }],
  ])('D16 is told to come again when %s is late', async (_what, reached) => {
    const answer = guardWhere(reached).canActivate(readAt('12'));
    await expect(answer).rejects.toMatchObject({ code: 'position-not-reached' });
  });

  it.each(['13', '-1', 'x', '1.5'])('refuses %s, which no command gave', async (position) => {
    const answer = guardWhere({ models: 12, views: 12 }).canActivate(readAt(position));
    await expect(answer).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('waits for nothing without one', async () => {
    const guard = guardWhere({ models: 0, views: 0 });
    expect(await guard.canActivate(readAt(undefined))).toBe(true);
  });
});
