import type { CardBlocked } from '@encaisse/authorization/domain';
import { BlockList } from './block-list';

const AT = '2026-11-28T09:15:00.000Z' as never;
const place = { environment: 'TEST', nodeId: 'lille', cardFingerprint: 'f1' } as const;
const blocked: CardBlocked = {
  type: 'CardBlocked',
  data: {
    ...place,
    blockId: 'b1',
    maskedNumber: '400000******0010',
    reason: null,
    transactionId: null,
    blockedAt: AT,
  },
};
const unblocked = {
  type: 'CardUnblocked',
  data: { ...place, blockId: 'b1', unblockedAt: AT },
} as const;

describe('The list of blocked cards in memory', () => {
  it('is the same after it was written down and read again, lifted blocks included', () => {
    const list = new BlockList();
    list.apply(blocked, 'camille');
    list.apply(unblocked, 'camille');
    list.apply({ ...blocked, data: { ...blocked.data, blockId: 'b2' } }, 'dominique');
    const read = BlockList.fromJson(JSON.parse(JSON.stringify(list.toJson())));
    expect(read.toJson()).toEqual(list.toJson());
    expect(read.find(place)).toMatchObject({ blockId: 'b2', login: 'dominique' });
    expect(read.place('b1')).toEqual(place);
  });

  it('knows which nodes have blocks', () => {
    const list = new BlockList();
    expect(list.hasBlocks('TEST', 'lille')).toBe(false);
    list.apply(blocked, 'camille');
    expect(list.hasBlocks('TEST', 'lille')).toBe(true);
    expect(list.hasBlocks('PRODUCTION', 'lille')).toBe(false);
    list.apply(unblocked, 'camille');
    expect(list.hasBlocks('TEST', 'lille')).toBe(false);
    expect(list.ofEnvironment('TEST')).toEqual([]);
  });
});
