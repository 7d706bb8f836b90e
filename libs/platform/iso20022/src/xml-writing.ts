const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const SPECIAL = /[&<>"']/g;
/** Characters that XML 1.0 §2.2 cannot hold, lone surrogates included. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Most texts of a batch: nothing to escape. Found out fast, as a batch has a million of them. */
const PLAIN = /^[ !#$%()-;=?-~]*$/;

/** A text as XML content. What XML cannot hold becomes a question mark. */
export function escapeXml(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(FORBIDDEN, '?').replace(SPECIAL, (character) => ESCAPES[character]!);
}

/** One element with a text; nothing when there is no text, as the schemas want at least a character. */
export function element(name: string, text: string | null): string {
  return text === null || text === '' ? '' : `<${name}>${escapeXml(text)}</${name}>`;
}

/** A text cut to what a schema type takes, in characters as XML counts them. */
export function atMost(limit: number, text: string): string;
export function atMost(limit: number, text: string | null): string | null;
export function atMost(limit: number, text: string | null): string | null {
  if (text === null || text.length <= limit) return text;
  return Array.from(text).slice(0, limit).join('');
}
