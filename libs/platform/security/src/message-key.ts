import { createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Environment } from '@encaisse/kernel';

const derive = promisify(pbkdf2);

const ITERATIONS = 210_000;
const KEY_BYTES = 64;
const DIGEST_HEX = /^[0-9a-f]{128}$/i;

/** What a key is bound to besides its passphrase: each platform and each shop has another one. */
export type MessageKeyPlace = {
  readonly environment: Environment;
  readonly siteNumber: string;
  readonly rank: string;
};

/**
 * The key a passphrase gives (HMAC-06, HMAC-08): PBKDF2 with HMAC-SHA-512 (RFC 8018), 64 bytes. The same
 * text gives the same key however its accents are composed. Takes a good part of a second of a processor,
 * outside the event loop.
 */
export function deriveMessageKey(
  passphrase: string,
  { environment, siteNumber, rank }: MessageKeyPlace,
): Promise<Buffer> {
  const salt = Buffer.from(`${environment}|${siteNumber}|${rank}`, 'utf8');
  const text = Buffer.from(passphrase.normalize('NFC'), 'utf8');
  return derive(text, salt, ITERATIONS, KEY_BYTES, 'sha512');
}

/** HMAC-SHA-512 (RFC 2104, RFC 4231) over exact bytes, in lower-case hexadecimal digits (HMAC-15). */
export function messageDigest(key: Uint8Array, message: Uint8Array): string {
  return createHmac('sha512', key).update(message).digest('hex');
}

/**
 * Whether a digest is that of exactly these bytes under a key (HMAC-15). What has the form of a digest is
 * compared in a time that does not depend on where it differs.
 */
export function isMessageDigest(key: Uint8Array, message: Uint8Array, digest: string): boolean {
  if (!DIGEST_HEX.test(digest)) return false;
  const expected = createHmac('sha512', key).update(message).digest();
  return timingSafeEqual(expected, Buffer.from(digest, 'hex'));
}
