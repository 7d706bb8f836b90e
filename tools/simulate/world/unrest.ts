import type { Client } from './client';
import type { SimulatedProcess } from './machine';
import type { Product } from './product';
import type { Trade } from './trade';
import type { Watch } from './watch';

/** What must have come to rest before the books are compared. */
export type SettledParts = {
  readonly copies: readonly {
    readonly process: SimulatedProcess;
    readonly product: Product | null;
  }[];
  readonly client: Client;
  readonly watch: Watch;
  readonly trade: Trade;
};

/** What is not settled yet; null when everything is. */
export async function unrestOf({
  copies,
  client,
  watch,
  trade,
}: SettledParts): Promise<string | null> {
  if (client.pending > 0) return `${client.pending} requests are not answered`;
  if (watch.inactiveContracts.size > 0) {
    trade.restoreAll();
    return 'a contract is inactive';
  }
  const products: Product[] = [];
  for (const { process, product } of copies) {
    if (product === null) return `${process.name} is not started`;
    products.push(product);
  }
  // Each copy takes what its own consumers are for; the last one tells what no copy could take.
  let parked = 0;
  for (const product of products) parked = await product.replayParked();
  if (parked > 0) return `${parked} messages stay parked`;
  for (const product of products)
    for (const { name, lag } of await product.lags())
      if (lag > 0) return `${name} of ${product.process.name} lags ${lag}`;
  const entries = [...watch.ledger.entries.values()];
  const open = entries.find(({ status, isUnknown }) => status === null || isUnknown);
  if (open) return `${open.id} has no outcome`;
  const unfinished = watch.remittances.unfinished[0];
  if (unfinished) return `remittance ${unfinished.number} is ${unfinished.state}`;
  const sending = entries.find(({ sendingId }) => sendingId !== null);
  if (sending) return `${sending.id} was asked to be sent`;
  const chunk = [...watch.chunks].find(([, times]) => times === 0);
  return chunk ? `mass operation ${chunk[0]} is not done` : null;
}
