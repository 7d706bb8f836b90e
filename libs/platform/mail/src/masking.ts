import { redactCardNumbers } from '@encaisse/platform/security';

/** An address as it may be shown to those who run the product: `c***@example.com`. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, Math.min(1, at))}***${address.slice(at)}`;
}

/** A mobile as it may be shown: country and first digit, then the last two. */
export function maskedMobile(mobile: string): string {
  return `${mobile.slice(0, 4)}****${mobile.slice(-2)}`;
}

const ADDRESS = /[^\s<>()[\]"',;:@]+@[^\s<>()[\]"',;:@]+/g;
const LINK = /\bhttps?:\/\/\S+/gi;
/** Long enough to be a token, whatever it is in truth. */
const TOKEN = /[\w-]{24,}/g;
const MOBILE = /\+\d{8,15}\b/g;
const LONGEST_LINE = 200;

/**
 * Why a delivery failed, in one line that can be kept. A server may repeat an address or a part of the
 * content in its answer: addresses are masked, links and whatever is as long as a secret left out.
 */
export function errorLine(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(LINK, '[link]')
    .replace(ADDRESS, maskedAddress)
    .replace(MOBILE, maskedMobile)
    .replace(TOKEN, '[…]');
  return redactCardNumbers(line).slice(0, LONGEST_LINE);
}
