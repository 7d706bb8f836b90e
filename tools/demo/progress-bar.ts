import { Presets, SingleBar } from 'cli-progress';

/** How far a long work is: a bar on a terminal, a line now and then elsewhere. */
export type ProgressBar = { step(count?: number): void; stop(): void };

const LINES = 20;

export function progressBar(
  total: number,
  label: string,
  say: (line: string) => void,
): ProgressBar {
  return process.stderr.isTTY ? terminalBar(total, label) : lineBar(total, label, say);
}

function terminalBar(total: number, label: string): ProgressBar {
  const format = `${label} {bar} {percentage} % | {value}/{total} | reste {eta_formatted}`;
  const bar = new SingleBar({ format, hideCursor: true, etaBuffer: 500 }, Presets.shades_classic);
  bar.start(total, 0);
  return { step: (count = 1) => bar.increment(count), stop: () => bar.stop() };
}

function lineBar(total: number, label: string, say: (line: string) => void): ProgressBar {
  const startedAt = performance.now();
  let done = 0;
  let told = 0;
  return {
    step(count = 1) {
      done += count;
      const part = Math.floor((done / total) * LINES);
      if (part === told) return;
      told = part;
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      say(`${label} ${Math.round((done / total) * 100)} % (${done}/${total}, ${seconds} s)`);
    },
    stop: () => undefined,
  };
}
