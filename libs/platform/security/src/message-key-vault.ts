import type { Environment } from '@encaisse/kernel';
import type { SqlSession } from '@encaisse/platform/postgres';

/** A key to keep, and whose it is. */
export type MessageKeyToSeal = {
  readonly keyId: string;
  readonly shopId: string;
  readonly environment: Environment;
  readonly key: Uint8Array;
};

/** What a link stands for. */
export type LinkedKey = {
  readonly keyId: string;
  readonly shopId: string;
  readonly environment: Environment;
};

/** The only place where the keys of merchants are kept, sealed (HMAC-14). */
export abstract class MessageKeyVault {
  /** Durable once resolved. A key that is there under the id stays as it is. */
  abstract seal(key: MessageKeyToSeal): Promise<void>;
  /** Null once erased, or when there never was one. Throws SealBroken when tampered with. */
  abstract open(keyId: string): Promise<Buffer | null>;
  /** Forgets a key for good. A process that used it just now may remember it for a minute. */
  abstract erase(keyId: string): Promise<void>;
  /**
   * Gives a key its one token, of which the digest is kept. False when it has one already: then nothing
   * is changed, and whoever holds the first one keeps it.
   */
  abstract giveToken(session: SqlSession, keyId: string, digest: Buffer): Promise<boolean>;
  /** The key that a token stands for, null when there is none. */
  abstract ofToken(digest: Buffer): Promise<LinkedKey | null>;
}
