import type { Conditions } from './conditions';
import type { Machine, SimulatedProcess } from './machine';

/** The connection broke, or could not be made; what a request led to is not known. */
export function connectionLost(during = ''): Error {
  const lost = new Error('Connection terminated unexpectedly');
  return Object.assign(lost, { code: 'ECONNRESET', during });
}

/**
 * How simulated processes ask servers: a request takes its time to arrive and so does its answer; the
 * process may die between any two of them. What a dead process asked for is carried out all the same,
 * and nobody hears the answer.
 */
export class Wire {
  crash: (process: SimulatedProcess) => void = () => undefined;

  constructor(
    private readonly machine: Machine,
    private readonly conditions: Conditions,
  ) {}

  ask<Answer>(
    process: SimulatedProcess,
    serve: () => Answer | Promise<Answer>,
    isWrite = false,
  ): Promise<Answer> {
    const { machine, conditions } = this;
    if (process.isDead) return never();
    if (isWrite && conditions.strikes('F1', conditions.crashBefore)) {
      this.crash(process);
      return never();
    }
    return new Promise((resolve, reject) => {
      const settle = (tell: () => void): void => {
        if (isWrite && !process.isDead && conditions.strikes('F2', conditions.crashAfter))
          this.crash(process);
        else machine.in(conditions.networkMillis(), process, tell);
      };
      machine.in(conditions.networkMillis(), null, () => {
        void Promise.resolve()
          .then(serve)
          .then(
            (answer) => settle(() => resolve(answer)),
            (error: unknown) => {
              const failure = error as Error;
              settle(() => reject(failure));
            },
          );
      });
    });
  }
}

function never<Answer>(): Promise<Answer> {
  return new Promise(() => undefined);
}
