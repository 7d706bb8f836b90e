import { invariant } from '@encaisse/kernel';
import { redactCardNumbers } from '@encaisse/platform/security';

/**
 * Throws when a full card number stands in a content (NOTIF-18, GEN-12): 13 to 19 digits whose check
 * digit holds, blanks or dashes between. The token of a link may hold such digits among its letters by
 * chance: in links, only what stands by itself counts.
 */
export function assertNoCardNumber(content: string, links: readonly string[] = []): void {
  let rest = content;
  for (const link of links) {
    for (const part of link.split(/[^0-9A-Za-z]/)) if (/^\d+$/.test(part)) assertClean(part);
    rest = rest.replaceAll(link, ' ');
  }
  assertClean(rest);
}

function assertClean(text: string): void {
  invariant(redactCardNumbers(text) === text, 'a message would hold a full card number');
}
