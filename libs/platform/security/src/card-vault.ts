import type { Environment } from '@encaisse/kernel';

/** What a vault is given of a card. Never the verification code. */
export type CardToSeal = {
  /** Digits only, checked (`checkCardNumber`). */
  readonly number: string;
  /** YYMM. */
  readonly expiry: string;
  readonly environment: Environment;
  /** Who the card is known to: a shop, or the brand whose shops share cards. */
  readonly tenantId: string;
};

/** What the rest of the product may know of a card. */
export type SealedCard = {
  /** Reference for events. The same card of the same tenant and environment keeps it. */
  readonly cardId: string;
  /** First six and last four digits, stars between (GEN-12). */
  readonly maskedNumber: string;
  /**
   * Keyed HMAC-SHA-256 of the whole number, hexadecimal: recognises a card whatever its expiry, within
   * one tenant and environment only (PCI DSS 3.5.1.1).
   */
  readonly fingerprint: string;
  /** YYMM, for the product's own use. */
  readonly expiry: string;
};

export type OpenedCard = { readonly number: string; readonly expiry: string };

/** The only place where card numbers are kept (D7, GEN-12). */
export abstract class CardVault {
  /** Durable once resolved. On the path of every payment: known cards cost no write. */
  abstract seal(card: CardToSeal): Promise<SealedCard>;
  /** For reversals after a crash and duplicates. Null once erased. Throws SealBroken when tampered with. */
  abstract open(cardId: string): Promise<OpenedCard | null>;
  /**
   * Forgets a card for good; its next payment makes a new reference. For cards no running payment can
   * use: another process may hand out the old reference for a minute.
   */
  abstract erase(cardId: string): Promise<void>;
}
