import { processOutput } from './output';
import { runCommandLine } from './program';

// Ending by itself lets a server that was started for the command be stopped with it.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

void runCommandLine(process.argv.slice(2), process.env, processOutput).then((exitCode) => {
  process.exitCode = exitCode;
});
