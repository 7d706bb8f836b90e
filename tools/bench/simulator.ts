import { AcquirerSimulator } from '@encaisse/acquirer-simulator/feature';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The acquirer both sides of the payment bench ask, in a process of its own. */
const simulator = new AcquirerSimulator(
  { port: Number(process.env['ACQUIRER_SIMULATOR_PORT']), gatewayTimeoutMs: 15_000 },
  quiet,
);
process.once('SIGTERM', () => process.exit(0));
void simulator.start();
