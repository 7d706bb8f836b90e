import { SingleBar } from 'cli-progress';
import type { Progress } from '@encaisse/audit/feature';

/** Where a command writes: its result on one stream, what it says meanwhile on the other. */
export type Output = {
  result(text: string): void;
  say(line: string): void;
  /** Whether a person watches. */
  readonly isTerminal: boolean;
};

export const processOutput: Output = {
  result: (text) => process.stdout.write(`${text}\n`),
  say: (line) => process.stderr.write(`${line}\n`),
  isTerminal: process.stderr.isTTY,
};

const LINE_EVERY_MILLIS = 2000;

/** Shows how far a command has come: a bar to a person, a line every two seconds to a log. */
export async function withProgress<Result>(
  output: Output,
  what: string,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  if (!output.isTerminal) return work(linesOn(output, what));
  const format = `${what} [{bar}] {percentage} % | {value} of {total}`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true });
  bar.start(0, 0);
  try {
    return await work((done, total) => {
      bar.setTotal(total);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}

function linesOn(output: Output, what: string): Progress {
  let lastAt = performance.now();
  return (done, total) => {
    if (performance.now() - lastAt < LINE_EVERY_MILLIS) return;
    lastAt = performance.now();
    output.say(`${what}: ${done} of ${total}`);
  };
}
