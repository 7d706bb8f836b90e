/** A number of lines and the sum of their amounts, in cents. */
export type Total = { readonly count: number; readonly minor: number };

/** What a trade adds up to: of one shop, or of all. Amounts are cents of one currency. */
export type Figures = {
  /** Transactions per state, `DEBIT ACCEPTED SENT`; only those that occur. */
  readonly states: Readonly<Record<string, number>>;
  readonly count: number;
  readonly turnoverMinor: number;
  /** Null without a counted debit. */
  readonly maximumMinor: number | null;
  /** Null without a counted debit; rounded half up to the cent. */
  readonly averageMinor: number | null;
  readonly remittances: {
    readonly count: number;
    readonly debits: Total;
    readonly credits: Total;
    readonly totalMinor: number;
  };
};

/** One calculation of a trade: each shop in the order of the trade, and all of them. */
export type TradeFigures = { readonly shops: readonly Figures[]; readonly all: Figures };
