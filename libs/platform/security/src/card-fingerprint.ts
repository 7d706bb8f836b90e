import type { Environment } from '@encaisse/kernel';
import { keyedDigest } from './fingerprints';
import type { Keyring } from './keyring';

/** The digest of a card number, digits only, under the key of one tenant and environment. */
export function keyedCardDigest(tenantKey: Uint8Array, number: string): Buffer {
  return keyedDigest(tenantKey, number);
}

/**
 * Recognises a card within one tenant and environment without telling its number (PCI DSS 3.5.1.1),
 * hexadecimal. The tenant may be any node of the tree: the fingerprints of two nodes are unrelated.
 */
export function cardFingerprint(
  keyring: Pick<Keyring, 'tenantKey'>,
  environment: Environment,
  tenantId: string,
  number: string,
): string {
  return keyedCardDigest(keyring.tenantKey('card', environment, tenantId), number).toString('hex');
}
