import type { Patch } from '../loader';

/** A fault planted in the product, one line of its compiled text each. */
export type Mutant = {
  readonly name: string;
  readonly fault: string;
  readonly patches: readonly Patch[];
  /** Seen only where the same seed is run with another verification code. */
  readonly isAboutCode?: boolean;
};

/** A fault of one patch. */
export function mutant(
  name: string,
  fault: string,
  file: string,
  find: string,
  replace: string,
): Mutant {
  return { name, fault, patches: [{ file, find, replace }] };
}
