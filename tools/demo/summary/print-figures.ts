import type { Calculation, ComparedFigure } from './compare-figures';

const CENTS = new Intl.NumberFormat('fr-FR', { minimumFractionDigits: 2 });
const NUMBER = new Intl.NumberFormat('fr-FR');

/** The table of a comparison, one block per shop and one for all; what differs is marked. */
export function figureTable(
  compared: readonly ComparedFigure[],
  calculations: readonly Calculation[],
  shopNames: readonly string[],
): string {
  const header = ['', ...calculations.map(({ name }) => name), ''];
  const lines: string[][] = [];
  let block: number | null | undefined;
  for (const figure of compared) {
    if (figure.shop !== block) {
      block = figure.shop;
      lines.push(
        [],
        [block === null ? 'Toutes les boutiques' : (shopNames[block] ?? ''), ...header.slice(1)],
      );
    }
    const values = figure.values.map((value) => shown(value, figure.unit));
    const mark = calculations.length < 2 ? '' : figure.isSame ? '=' : '≠ écart';
    lines.push([`  ${figure.label}`, ...values, mark]);
  }
  return aligned(lines);
}

/** The figures that differ, one line each. */
export function differenceLines(
  compared: readonly ComparedFigure[],
  calculations: readonly Calculation[],
  shopNames: readonly string[],
): string[] {
  return compared
    .filter(({ isSame }) => !isSame)
    .map(({ shop, label, unit, values }) => {
      const place = shop === null ? 'toutes' : (shopNames[shop] ?? '');
      const each = calculations.map(({ name }, index) => `${name} ${shown(values[index], unit)}`);
      return `${place}, ${label} : ${each.join(' ; ')}`;
    });
}

function shown(value: number | null | undefined, unit: 'number' | 'cents'): string {
  if (value === null || value === undefined) return '–';
  return unit === 'cents' ? CENTS.format(value / 100) : NUMBER.format(value);
}

function aligned(lines: readonly (readonly string[])[]): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
