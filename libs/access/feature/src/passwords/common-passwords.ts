import { dictionary } from '@zxcvbn-ts/language-common';

const COMMON = new Set(dictionary['passwords-common'].map((one) => one.toLowerCase()));
/** What people add to a common password to please a meter. */
const DECORATION = /^[^\p{L}]+|[^\p{L}]+$/gu;

/** Tells whether a password, or the word it is built around, stands in a list of common ones. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase();
  const core = lower.replace(DECORATION, '');
  return COMMON.has(lower) || (core.length * 2 > lower.length && COMMON.has(core));
}
