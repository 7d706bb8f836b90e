import { join } from 'node:path';
import { REPOSITORY } from './repository';

type Ports = {
  freePort(): Promise<number>;
  freePortsInARow(count: number, range: { from: number; below: number }): Promise<number>;
};

// Plain JavaScript, so that test setups can use it before anything is compiled.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const ports = require(join(REPOSITORY, 'tools', 'ports', 'free-port.js')) as Ports;

/** A TCP port nobody listens on, that no connection is given, and that is this process’s until it ends. */
export const freePort = (): Promise<number> => ports.freePort();

/** The first of as many such ports one after the other, below those of `freePort`. */
export const freePortsInARow = (count: number): Promise<number> =>
  ports.freePortsInARow(count, { from: 11_000, below: 28_000 });
