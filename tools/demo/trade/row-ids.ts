import { createHash } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562 §5.7) that is the same whenever it is made again: its time is the
 * instant of the step it stands for, its random bits come from the SHA-256 of a name.
 */
export function derivedUuidV7(epochMillis: number, name: string): string {
  const time = epochMillis.toString(16).padStart(12, '0');
  const digest = createHash('sha256').update(name).digest('hex');
  const variant = ((parseInt(digest.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8, 12),
    `7${digest.slice(0, 3)}`,
    `${variant}${digest.slice(4, 7)}`,
    digest.slice(7, 19),
  ].join('-');
}
