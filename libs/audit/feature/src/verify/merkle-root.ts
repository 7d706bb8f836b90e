import { createHash } from 'node:crypto';

/**
 * The head of the proof tree over a log, leaf by leaf: equal heads mean equal logs. Kept outside, it
 * shows a log that was cut or rewritten with all its hashes. Source: RFC 6962 §2.1.
 */
export class MerkleRoot {
  /** Heads of complete subtrees, from the largest to the smallest; one per bit of the leaf count. */
  private readonly subtrees: Buffer[] = [];
  private leaves = 0;

  add(leafHash: Buffer): void {
    this.subtrees.push(leafHash);
    for (let count = this.leaves; count % 2 === 1; count = (count - 1) / 2) this.joinLastTwo();
    this.leaves += 1;
  }

  /** Hexadecimal. The empty log has the hash of nothing. */
  get head(): string {
    const right = this.subtrees.at(-1);
    if (!right) return createHash('sha256').digest('hex');
    return this.subtrees
      .slice(0, -1)
      .reduceRight((head, left) => nodeHash(left, head), right)
      .toString('hex');
  }

  private joinLastTwo(): void {
    const right = this.subtrees.pop()!;
    const left = this.subtrees.pop()!;
    this.subtrees.push(nodeHash(left, right));
  }
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update('\x01').update(left).update(right).digest();
}
