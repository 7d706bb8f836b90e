const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Tells whether a text is a lower-case RFC 9562 UUID of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Tells whether a text is a lower-case RFC 9562 UUID of version 7, the only kind callers may choose. */
export function isUuidV7(text: string): boolean {
  return UUID_V7.test(text);
}

/** Test and production are data, not installations (D17): every fact carries one of them. */
export const ENVIRONMENTS = ['TEST', 'PRODUCTION'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];
