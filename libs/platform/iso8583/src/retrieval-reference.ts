import { randomBytes } from 'node:crypto';

const LENGTH = 12;
/** 32 signs without I, L, O and U, which people misread: five random bits each. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A retrieval reference number (field 37): what one exchange is known by on both sides, long after its
 * trace number was used again. Sixty random bits, so that several processes and clocks that stand still
 * need no agreement.
 */
export function newRetrievalReference(): string {
  let reference = '';
  for (const byte of randomBytes(LENGTH)) reference += SIGNS.charAt(byte % SIGNS.length);
  return reference;
}
