import { type Currency, DIGITS, isCurrency, type Money, money } from '@encaisse/kernel';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A message that breaks its format: what is wrong, in one line. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

/** An element: its children by name, or its text. */
export type XmlNode = { readonly [name: string]: unknown };

const LISTS = new Set(['TxTtls', 'DataSet', 'RjctdTx', 'Tx']);

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  removeNSPrefix: true,
  isArray: (name) => LISTS.has(name),
});

/** Parses a whole document. Throws UnreadableMessage when it is not well-formed. */
function parseXml(text: string): XmlNode {
  if (text.includes('<!DOCTYPE')) throw new UnreadableMessage('a document type is not accepted');
  const validity = XMLValidator.validate(text);
  if (validity !== true)
    throw new UnreadableMessage(`not well-formed: ${validity.err.msg} (line ${validity.err.line})`);
  return PARSER.parse(text) as XmlNode;
}

/** Parses a piece of a document that holds one element. */
export function parseFragment(text: string): XmlNode {
  return PARSER.parse(text) as XmlNode;
}

/** The child elements at a path; null when one of the steps is missing. */
export function at(node: XmlNode, ...path: readonly string[]): XmlNode | null {
  let current: unknown = node;
  for (const step of path) {
    const next = (current as XmlNode)[step];
    current = step === 'Tx' && Array.isArray(next) ? (next as unknown[])[0] : next;
    if (current === undefined || current === null || typeof current !== 'object') return null;
  }
  return current as XmlNode;
}

/** The text of a child; null when it is missing or empty. */
export function textOf(node: XmlNode | null, name: string): string | null {
  const value = node?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The text of a child that must be there. */
export function neededText(node: XmlNode | null, name: string): string {
  const text = textOf(node, name);
  if (text === null) throw new UnreadableMessage(`${name} is missing`);
  return text;
}

/** Repeated child elements. */
export function listOf(node: XmlNode | null, name: string): readonly XmlNode[] {
  const value = node?.[name];
  return Array.isArray(value) ? (value as XmlNode[]) : [];
}

/** A whole number that must be there. */
export function neededNumber(node: XmlNode | null, name: string): number {
  const text = neededText(node, name);
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new UnreadableMessage(`${name} is not a whole number: ${text}`);
  return value;
}

/** A currency that must be there. */
export function neededCurrency(node: XmlNode | null, name: string): Currency {
  const code = neededText(node, name);
  if (!isCurrency(code)) throw new UnreadableMessage(`${name} is no currency: ${code}`);
  return code;
}

/** An amount in decimal text, exactly: more digits than the currency has are refused. */
export function neededAmount(node: XmlNode | null, name: string, currency: Currency): Money {
  const text = neededText(node, name);
  const digits = DIGITS[currency];
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2]?.replace(/0+$/, '') ?? '';
  if (!match || fraction.length > digits)
    throw new UnreadableMessage(`${name} is no amount in ${currency}: ${text}`);
  const minor = Number(`${match[1] ?? ''}${fraction.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(minor)) throw new UnreadableMessage(`${name} is too large: ${text}`);
  return money(minor, currency);
}

const DOCUMENT_TAG = /<(?:[\w.-]+:)?Document\b([^>]*)>/;
const NAMESPACE = /\bxmlns(?::[\w.-]+)?\s*=\s*["'](urn:iso:std:iso:20022:[^"']*)["']/;

/** The message of a document, once its namespace was found to be the one expected. */
export function messageIn(text: string, message: string, root: string): XmlNode {
  // The parser drops namespace declarations together with the prefixes they bind.
  const namespace = NAMESPACE.exec(DOCUMENT_TAG.exec(text)?.[1] ?? '')?.[1];
  if (namespace !== `urn:iso:std:iso:20022:tech:xsd:${message}`)
    throw new UnreadableMessage(`not a ${message}: ${namespace ?? 'no ISO 20022 document'}`);
  const inner = at(parseXml(text), 'Document', root);
  if (inner === null) throw new UnreadableMessage(`${root} is missing`);
  return inner;
}
