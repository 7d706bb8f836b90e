import type { Figures, TradeFigures } from '../figures';

/** One calculation of the figures, and how it is called. */
export type Calculation = { readonly name: string; readonly figures: TradeFigures };

/** One figure of one shop (or of all) as each calculation has it, in the order given. */
export type ComparedFigure = {
  /** Index of the shop, null for all. */
  readonly shop: number | null;
  readonly label: string;
  readonly unit: 'number' | 'cents';
  readonly values: readonly (number | null)[];
  readonly isSame: boolean;
};

type Reading = {
  readonly label: string;
  readonly unit: 'number' | 'cents';
  readonly valueOf: (figures: Figures) => number | null;
};

const READINGS: readonly Reading[] = [
  { label: 'Nombre', unit: 'number', valueOf: ({ count }) => count },
  { label: 'Chiffre d’affaires', unit: 'cents', valueOf: ({ turnoverMinor }) => turnoverMinor },
  { label: 'Maximum', unit: 'cents', valueOf: ({ maximumMinor }) => maximumMinor },
  { label: 'Panier moyen', unit: 'cents', valueOf: ({ averageMinor }) => averageMinor },
  { label: 'Remises', unit: 'number', valueOf: ({ remittances }) => remittances.count },
  {
    label: 'Remises, débits',
    unit: 'number',
    valueOf: ({ remittances }) => remittances.debits.count,
  },
  {
    label: 'Remises, débits',
    unit: 'cents',
    valueOf: ({ remittances }) => remittances.debits.minor,
  },
  {
    label: 'Remises, crédits',
    unit: 'number',
    valueOf: ({ remittances }) => remittances.credits.count,
  },
  {
    label: 'Remises, crédits',
    unit: 'cents',
    valueOf: ({ remittances }) => remittances.credits.minor,
  },
  { label: 'Remises, total', unit: 'cents', valueOf: ({ remittances }) => remittances.totalMinor },
];

/** Lays the calculations side by side, shop by shop, then all. */
export function compareFigures(calculations: readonly Calculation[]): ComparedFigure[] {
  const shopCount = Math.max(...calculations.map(({ figures }) => figures.shops.length));
  const shops = Array.from({ length: shopCount }, (_, shop) =>
    compared(
      shop,
      calculations.map(({ figures }) => figures.shops[shop]),
    ),
  );
  const all = compared(
    null,
    calculations.map(({ figures }) => figures.all),
  );
  return [...shops.flat(), ...all];
}

function compared(
  shop: number | null,
  calculations: readonly (Figures | undefined)[],
): ComparedFigure[] {
  const states = new Set(calculations.flatMap((one) => Object.keys(one?.states ?? {})));
  const readings: Reading[] = [...states].sort().map((state) => ({
    label: state,
    unit: 'number',
    valueOf: (figures) => figures.states[state] ?? 0,
  }));
  return [...readings, ...READINGS].map(({ label, unit, valueOf }) => {
    const values = calculations.map((figures) => (figures ? valueOf(figures) : null));
    return { shop, label, unit, values, isSame: values.every((value) => value === values[0]) };
  });
}

/**
 * The figures of the file once the attempts that a breakdown interrupted are known: each was refused
 * and made again, so the refusals are that many more. The file itself cannot tell.
 */
export function withInterruptions(
  figures: TradeFigures,
  interruptions: readonly number[],
): TradeFigures {
  const total = interruptions.reduce((sum, count) => sum + count, 0);
  const shops = figures.shops.map((shop, index) => refusedMore(shop, interruptions[index] ?? 0));
  return { shops, all: refusedMore(figures.all, total) };
}

function refusedMore(figures: Figures, count: number): Figures {
  if (count === 0) return figures;
  const state = 'DEBIT REFUSED NOT_APPLICABLE';
  const refused = (figures.states[state] ?? 0) + count;
  return { ...figures, states: { ...figures.states, [state]: refused } };
}
