import type { KurrentDbStandIn, KurrentDbStandInOptions } from './kurrentdb-stand-in';

export type { KurrentDbStandIn, KurrentDbStandInOptions } from './kurrentdb-stand-in';

/** Starts a stand-in for an EventStoreDB or KurrentDB server. gRPC is loaded by the specs that use it. */
export function startKurrentDbStandIn(
  options: KurrentDbStandInOptions = {},
): Promise<KurrentDbStandIn> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- An import would load it for every spec.
  const standIn = require('./kurrentdb-stand-in') as typeof import('./kurrentdb-stand-in');
  return standIn.KurrentDbStandIn.start(options);
}
