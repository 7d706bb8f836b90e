import { createHash, createHmac } from 'node:crypto';
import { canonicalJson } from '@encaisse/kernel';

/** HMAC-SHA-256 (RFC 2104) of a text. */
export function keyedDigest(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/**
 * Tells requests with the same content from others without keeping the content (D15): a keyed digest of
 * the RFC 8785 form, hexadecimal. The caller leaves the verification code out, so that a retry that
 * differs only there is the same request, and stored bytes do not depend on it.
 */
export function contentFingerprint(key: Uint8Array, content: object): string {
  return keyedDigest(key, canonicalJson(content)).toString('hex');
}

/** Binds an event to personal data without telling them: SHA-256 of a salt and the RFC 8785 form. */
export function commitmentOf(salt: Uint8Array, content: object): Buffer {
  return createHash('sha256').update(salt).update(canonicalJson(content), 'utf8').digest();
}
