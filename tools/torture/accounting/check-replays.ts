import type { Command } from '../load/command';
import type { ProductClient } from '../load/product-client';

/**
 * Sends acknowledged commands once more: each must be answered as the first time and change nothing (L3);
 * with another amount each must be refused.
 */
export async function checkReplays(
  client: ProductClient,
  commands: readonly Command[],
  count: number,
): Promise<string[]> {
  const acknowledged = commands.filter(({ state }) => state === 'acknowledged');
  const step = Math.max(1, Math.floor(acknowledged.length / count));
  const faults: string[] = [];
  for (let index = 0; index < acknowledged.length; index += step) {
    const command = acknowledged[index]!;
    const { kind, id, context, path, body, answer } = command;
    const again = await client.request(context, 'POST', path, body);
    if (again.status >= 300 || !again.isReplay)
      faults.push(`L3 ${kind} ${id}: a repeat was answered ${again.status} ${again.text}`);
    else if (answer['status'] !== 'PENDING' && !isSame(again.body, answer))
      faults.push(`L3 ${kind} ${id}: a repeat was answered ${again.text}`);
    if (command.amountMinor === null) continue;
    const other = { ...body, amount: { minor: command.amountMinor + 1, currency: 'EUR' } };
    const refused = await client.request(context, 'POST', path, other);
    if (refused.status !== 409)
      faults.push(`L3 ${kind} ${id}: another amount was answered ${refused.status}`);
  }
  return faults;
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
