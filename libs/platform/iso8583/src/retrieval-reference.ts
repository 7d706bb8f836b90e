import { randomFillSync } from 'node:crypto';

const LENGTH = 12;
/** 32 signs without I, L, O and U, which people misread: five random bits each. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Randomness drawn for many references at once: a call for each costs more than all the rest. */
const pool = new Uint8Array(LENGTH * 256);
let used = pool.length;

/**
 * A retrieval reference number (field 37): what one exchange is known by on both sides, long after its
 * trace number was used again. Sixty random bits, so that several processes and clocks that stand still
 * need no agreement.
 */
export function newRetrievalReference(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let reference = '';
  for (const end = used + LENGTH; used < end; used += 1) {
    reference += SIGNS.charAt(pool[used]! % SIGNS.length);
  }
  return reference;
}
