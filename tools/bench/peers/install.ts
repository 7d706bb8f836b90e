import { peerFolder } from './peer-folder';

/** Installs the peers beforehand, for those who do not want a bench or a test to wait for them. */
peerFolder((text) => void process.stdout.write(`${text}\n`)).catch((error: unknown) => {
  process.stderr.write(`the peers cannot be installed: ${(error as Error).message}\n`);
  process.exitCode = 1;
});
