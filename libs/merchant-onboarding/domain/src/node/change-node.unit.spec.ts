import { fold } from '@encaisse/kernel';
import type { NodeEvent } from '@encaisse/merchant-onboarding/contract';
import { type MoveShop, moveShop, renameNode } from './change-node';
import opened from './history/NodeOpened.v1.json';
import { nodeStream } from './node';
import { openNode } from './open-node';

const AT = '2026-11-28T09:00:00.000Z' as never;
const OPENED = opened as unknown as Extract<NodeEvent, { type: 'NodeOpened' }>;
const after = (...events: readonly NodeEvent[]) => fold(nodeStream, [OPENED, ...events]);
const eventsOf = (decision: object) => (decision as { accepted: readonly NodeEvent[] }).accepted;
const move: MoveShop = {
  commandId: 'move',
  parentId: 'south',
  parentLevel: 'GROUP',
  isSameBrand: true,
  at: AT,
};

describe('Move a shop', () => {
  it('TREE-01 puts it under another group of its brand', () => {
    const events = eventsOf(moveShop(move, after()));
    const formerParentId = OPENED.data.parentId;
    expect(events).toMatchObject([
      { type: 'ShopMoved', data: { formerParentId, parentId: 'south' } },
    ]);
    expect(after(...events)).toMatchObject({ parentId: 'south' });
  });

  it.each<[string, Partial<MoveShop>, string]>([
    ['a group nobody knows', { parentLevel: null }, 'parent-unknown'],
    ['a brand', { parentLevel: 'BRAND' }, 'parent-level-wrong'],
    ['a shop', { parentLevel: 'SHOP' }, 'parent-level-wrong'],
    ['a group of another brand', { isSameBrand: false }, 'other-brand'],
  ])('refuses %s', (_name, more, code) => {
    expect(moveShop({ ...move, ...more }, after())).toMatchObject({ refused: { code } });
  });

  it('refuses to move a group', () => {
    const group = { ...OPENED, data: { ...OPENED.data, level: 'GROUP' } } as NodeEvent;
    expect(moveShop(move, fold(nodeStream, [group]))).toEqual({
      refused: { code: 'only-shops-move' },
    });
  });

  it('GEN-11 lets a late repeat undo nothing, and knows the opening after it', () => {
    const moved = eventsOf(moveShop(move, after()));
    const back = { ...move, commandId: 'back', parentId: OPENED.data.parentId! };
    const both = [...moved, ...eventsOf(moveShop(back, after(...moved)))];
    expect(moveShop(move, after(...both))).toEqual({ accepted: [] });
    expect(moveShop({ ...move, parentId: 'west' }, after(...both))).toEqual({
      refused: { code: 'id-reused' },
    });
    const { openedAt: _, ...node } = OPENED.data;
    expect(openNode({ ...node, parentLevel: 'GROUP', at: AT }, after(...moved))).toEqual({
      accepted: [],
    });
  });
});

describe('Rename a node', () => {
  it('changes the name once', () => {
    const rename = { commandId: 'rename', name: 'Lille Sud', at: AT };
    const events = eventsOf(renameNode(rename, after()));
    expect(after(...events)).toMatchObject({ name: 'Lille Sud' });
    expect(renameNode(rename, after(...events))).toEqual({ accepted: [] });
    expect(renameNode({ ...rename, name: 'Lens' }, after(...events))).toEqual({
      refused: { code: 'id-reused' },
    });
  });
});
