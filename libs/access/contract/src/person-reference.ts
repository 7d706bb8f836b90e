/** What events hold of a person: the data themselves are in the personal-data vault (D7). */
export type PersonReference = {
  readonly personId: string;
  /** SHA-256 of a salt and the data, hexadecimal. */
  readonly commitment: string;
};
