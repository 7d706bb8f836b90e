import { createHash, randomBytes, randomInt } from 'node:crypto';

const TOKEN_BYTES = 32;

/** A secret that nobody can guess: 256 bits, in letters that a URL takes. */
export function newSecret(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/**
 * What is kept of a secret. A plain SHA-256 is enough for 256 random bits; passwords, which people
 * choose, are hashed by argon2id instead.
 */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Letters and digits that are not mistaken for each other: 32, five bits each. */
const READABLE = 'abcdefghijkmnpqrstuvwxyz23456789';
const GROUPS = 5;
const GROUP_LENGTH = 4;

/** A password that support can tell by telephone: 100 bits in five groups of four. */
export function newReadablePassword(): string {
  const letters = [...randomBytes(GROUPS * GROUP_LENGTH)].map(
    (byte) => READABLE[byte % READABLE.length],
  );
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  ).join('-');
}

/** Digits drawn evenly, for codes that people type and for the ends of logins. */
export function newDigits(length: number): string {
  return Array.from({ length }, () => String(randomInt(10))).join('');
}
