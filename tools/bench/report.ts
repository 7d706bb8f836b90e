import { median, type Row } from './bench';

/** One measure over all runs. The ratio counts; absolute figures are this machine's. */
export type Summary = {
  readonly measure: string;
  readonly peer: string;
  readonly unit: string;
  readonly ours: number;
  readonly peerFigure: number;
  readonly ratio: { readonly min: number; readonly median: number; readonly max: number };
  readonly goal: Row['goal'];
  /** By the median of the ratios. */
  readonly isReached: boolean;
};

export function summarise(rows: readonly Row[]): Summary[] {
  const measures = [...new Set(rows.map(({ measure }) => measure))];
  return measures.map((measure) => {
    const runs = rows.filter((row) => row.measure === measure);
    const { peer, unit, goal } = runs[0]!;
    const ratios = runs.map(({ ratio }) => ratio);
    const middle = median(ratios);
    return {
      measure,
      peer,
      unit,
      goal,
      ours: median(runs.map(({ ours }) => ours)),
      peerFigure: median(runs.map(({ peerFigure }) => peerFigure)),
      ratio: { min: Math.min(...ratios), median: middle, max: Math.max(...ratios) },
      isReached: 'atLeast' in goal ? middle >= goal.atLeast : middle <= goal.atMost,
    };
  });
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}

/** Figures first, ratios last. */
export function render(summaries: readonly Summary[]): string {
  const figures = summaries.map(
    ({ measure, ours, peer, peerFigure, unit }) =>
      `${measure}: ${figure(ours)} ${unit}; ${peer}: ${figure(peerFigure)} ${unit}`,
  );
  const ratios = summaries.map(({ measure, ratio, goal, isReached }) => {
    const [word, bound] = 'atLeast' in goal ? ['>=', goal.atLeast] : ['<=', goal.atMost];
    const [min, middle, max] = [ratio.min, ratio.median, ratio.max].map((one) => one.toFixed(2));
    const verdict = isReached ? 'reached' : 'MISSED';
    return `${measure}: ${middle} x (min ${min}, max ${max}), goal ${word} ${bound}: ${verdict}`;
  });
  return [...figures, '', ...ratios].join('\n');
}
