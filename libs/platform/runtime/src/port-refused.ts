import { StartRefused } from './data-directory';

/** Why a port that a variable names could not be listened on, and what to do about it. */
export function portRefused(variable: string, port: number, error: Error): StartRefused {
  const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const reason = isTaken ? 'is already in use' : `cannot be opened (${error.message})`;
  return new StartRefused(
    `${variable} ${port} ${reason}: stop the other program or set ${variable}`,
  );
}
