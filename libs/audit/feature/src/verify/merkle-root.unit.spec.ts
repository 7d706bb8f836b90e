import { createHash } from 'node:crypto';
import { MerkleRoot } from './merkle-root';

/** The tree of RFC 6962 §2.1, written as the recursion it is defined by. */
function headOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const hash = createHash('sha256').update('\x01');
  return hash
    .update(headOf(leaves.slice(0, split)))
    .update(headOf(leaves.slice(split)))
    .digest();
}

describe('The head of the proof tree', () => {
  it('is the one of RFC 6962 for every size', () => {
    const leaves = Array.from({ length: 70 }, (_, index) =>
      createHash('sha256').update(`\0${index}`).digest(),
    );
    const tree = new MerkleRoot();
    expect(tree.head).toBe(headOf([]).toString('hex'));
    leaves.forEach((leaf, index) => {
      tree.add(leaf);
      expect(tree.head).toBe(headOf(leaves.slice(0, index + 1)).toString('hex'));
    });
  });
});
