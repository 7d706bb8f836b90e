import { fold } from '@encaisse/kernel';
import { blockCard, type BlockCard, unblockCard } from './block-card';
import { blockedCardStream } from './blocked-card';
import type { BlockedCardEvent } from './blocked-card-events';
import blocked from './history/CardBlocked.v1.json';
import unblocked from './history/CardUnblocked.v1.json';

const AT = '2026-11-28T09:15:00.000Z' as never;
const BLOCKED = blocked as unknown as BlockedCardEvent;
const UNBLOCKED = unblocked as unknown as BlockedCardEvent;

const { blockedAt: _, ...block } = (BLOCKED as Extract<BlockedCardEvent, { type: 'CardBlocked' }>)
  .data;
const command: BlockCard = { ...block, isIdTaken: false, at: AT };
const after = (...events: readonly BlockedCardEvent[]) => fold(blockedCardStream, events);
const facts = ({ type, data }: BlockedCardEvent) => ({ type, data });

describe('Block a card', () => {
  it('CARD-07 belongs to a node and holds a keyed digest and a masked number only', () => {
    expect(blockCard(command, after())).toEqual({ accepted: [facts(BLOCKED)] });
  });

  it('is done once: a repeat changes nothing, also after the block was lifted', () => {
    expect(blockCard(command, after(BLOCKED))).toEqual({ accepted: [] });
    expect(blockCard(command, after(BLOCKED, UNBLOCKED))).toEqual({ accepted: [] });
  });

  it('refuses its id for other content and for another card', () => {
    const refused = { refused: { code: 'id-reused' } };
    expect(blockCard({ ...command, reason: 'OTHER' }, after(BLOCKED))).toEqual(refused);
    expect(blockCard({ ...command, transactionId: null }, after(BLOCKED))).toEqual(refused);
    expect(blockCard({ ...command, isIdTaken: true }, after())).toEqual(refused);
  });

  it('names the block that holds when the card is blocked already', () => {
    expect(blockCard({ ...command, blockId: 'another' }, after(BLOCKED))).toEqual({
      refused: { code: 'card-already-blocked', blockId: block.blockId },
    });
  });

  it('blocks again what was lifted, under another id', () => {
    const again = { ...command, blockId: 'another' };
    expect(blockCard(again, after(BLOCKED, UNBLOCKED))).toMatchObject({
      accepted: [{ type: 'CardBlocked', data: { blockId: 'another' } }],
    });
  });
});

describe('Lift the block of a card', () => {
  const lift = { blockId: block.blockId, at: UNBLOCKED.data['unblockedAt' as never] };

  it('CARD-05 lifts the block that holds', () => {
    expect(unblockCard(lift, after(BLOCKED))).toEqual({ accepted: [facts(UNBLOCKED)] });
  });

  it('changes nothing when it was lifted before, even when another block holds now', () => {
    const anew = { ...BLOCKED, data: { ...block, blockId: 'another', blockedAt: AT } };
    expect(unblockCard(lift, after(BLOCKED, UNBLOCKED))).toEqual({ accepted: [] });
    const blockedAnew = after(BLOCKED, UNBLOCKED, anew as BlockedCardEvent);
    expect(unblockCard(lift, blockedAnew)).toEqual({ accepted: [] });
    expect(blockedAnew.current?.blockId).toBe('another');
  });

  it('knows no block that never was', () => {
    expect(unblockCard({ ...lift, blockId: 'unknown' }, after(BLOCKED))).toEqual({
      refused: { code: 'block-unknown' },
    });
  });
});

describe('Every version of every event of blocked cards', () => {
  it('is folded as it was stored', () => {
    expect(after(BLOCKED).current).toMatchObject({ maskedNumber: '400000******0010' });
    expect(after(BLOCKED, UNBLOCKED)).toMatchObject({
      current: null,
      blocks: { [block.blockId]: { reason: 'FRAUD' } },
    });
  });
});
