import type { RecordedEvent } from '@encaisse/platform/event-store';
import { hold } from './findings';

type Data = Readonly<Record<string, unknown>>;
/** What became of a card at a node, and from which position of the log on. */
type Change = { readonly position: number; readonly isBlocked: boolean };

/** Reads the blocks a second time and says where a payment did not obey them (M10). */
export class BlockedCardBook {
  private readonly parents = new Map<string, string | null>();
  /** By environment, node and masked number: the cards of the trade differ in it. */
  private readonly changes = new Map<string, Change[]>();
  /** The masked number behind a fingerprint of a node. */
  private readonly masks = new Map<string, string>();
  /** What the process that takes a payment had seen of the log before. */
  private readonly seen = new Map<string, number>();

  /** A payment is about to be asked for. */
  expect(transactionId: string, seenPosition: number): void {
    this.seen.set(transactionId, seenPosition);
  }

  /** Reads one event of a node. */
  open({ type, data }: RecordedEvent): void {
    const { nodeId, parentId } = data as { nodeId: string; parentId: string | null };
    if (type === 'NodeOpened') this.parents.set(nodeId, parentId);
  }

  /** Reads one event of a blocked card; a lifted block names its card by its fingerprint only. */
  read({ type, data: raw, position }: RecordedEvent): void {
    const data = raw as Data;
    const place = `${data['environment'] as string}|${data['nodeId'] as string}`;
    const fingerprint = `${place}|${data['cardFingerprint'] as string}`;
    if (type === 'CardBlocked') this.masks.set(fingerprint, data['maskedNumber'] as string);
    const key = `${place}|${this.masks.get(fingerprint) ?? ''}`;
    const changes = this.changes.get(key) ?? [];
    const isBlocked = type === 'CardBlocked';
    hold(
      changes.at(-1)?.isBlocked !== isBlocked,
      'M10',
      () => `${key} is ${isBlocked ? 'blocked' : 'free'} already`,
    );
    changes.push({ position, isBlocked });
    this.changes.set(key, changes);
  }

  /** Every payment of one commit: refused for its card exactly when that was blocked all the while. */
  check(events: readonly RecordedEvent[]): void {
    const refused = new Set(
      events
        .filter(({ type, data }) => type === 'PaymentRefused' && isForCard(data as Data))
        .map(({ streamId }) => streamId),
    );
    for (const { type, data, streamId, position } of events)
      if (type === 'PaymentRequested')
        this.checkPayment(data as Data, position, refused.has(streamId));
  }

  private checkPayment(data: Data, position: number, isRefused: boolean): void {
    const id = data['transactionId'] as string;
    const { maskedNumber } = (data['card'] ?? {}) as { maskedNumber?: string };
    const nodes = this.atOrAbove(data['shopId'] as string);
    const all = nodes.map((nodeId) => {
      const key = `${data['environment'] as string}|${nodeId}|${maskedNumber ?? ''}`;
      return this.changes.get(key) ?? [];
    });
    // Of a duplicate nobody told what its process had seen: it may know nothing yet.
    const seen = this.seen.get(id) ?? 0;
    const wasBlocked = all.some((changes) => wasAll(changes, true, seen, position));
    const wasFree = all.every((changes) => wasAll(changes, false, seen, position));
    hold(!wasBlocked || isRefused, 'M10', () => `${id} is taken with a blocked card`);
    hold(!wasFree || !isRefused, 'M10', () => `${id} is refused for a card that nobody blocks`);
  }

  private atOrAbove(shopId: string): string[] {
    const path: string[] = [];
    for (let node: string | null = shopId; node !== null; node = this.parents.get(node) ?? null)
      path.push(node);
    return path;
  }
}

function isForCard(data: Data): boolean {
  return data['reason'] === 'CARD_BLOCKED';
}

/** Whether a card was blocked, or free, at every position from one to another. */
function wasAll(changes: readonly Change[], isBlocked: boolean, from: number, to: number): boolean {
  const before = changes.filter(({ position }) => position <= from).at(-1);
  const since = changes.filter(({ position }) => position > from && position <= to);
  return (
    (before?.isBlocked ?? false) === isBlocked && since.every((one) => one.isBlocked === isBlocked)
  );
}
