/**
 * The SQL pattern of a search text: `%` stands for any text, every other character for itself,
 * `_` included; comparison ignores case (TRX-10).
 */
export function likePattern(text: string): string {
  return text.toLowerCase().replace(/[\\_]/g, (character) => `\\${character}`);
}

/** The search text means one exact reference. */
export function isExact(text: string): boolean {
  return !text.includes('%');
}
