import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { ProductClient } from '../torture/load/product-client';
import { openLoadMerchant } from '../torture/load/merchant';

type Context = Parameters<ProductClient['request']>[0];

/** The event types that the scenario brings about; what it does not reach, nothing compares. */
export const REACHED_TYPES = [
  'CardBlocked',
  'CardUnblocked',
  'ContractActivated',
  'ContractChanged',
  'ContractDeactivated',
  'ContractOpened',
  'NodeOpened',
  'PaymentAccepted',
  'PaymentAuthorized',
  'PaymentRefused',
  'PaymentRequested',
  'RefundAccepted',
  'RefundRequested',
  'RemittanceBuilt',
  'RemittanceNumberAssigned',
  'RemittanceNumberUsed',
  'RemittanceOpened',
  'RemittanceSent',
  'SendingRequested',
  'TransactionCancelled',
  'TransactionCaptured',
  'TransactionModified',
  'TransactionRefunded',
  'TransactionSentToBank',
] as const;

const SENT_MILLIS = 20_000;

/** A small working day over the public API: what is written is what this release writes. */
export async function playScenario(client: ProductClient): Promise<void> {
  const { contractIds } = await openLoadMerchant(client, 1);
  const contractId = contractIds[0]!;
  const call = async (context: Context, path: string, body: object): Promise<void> => {
    const { status, text } = await client.request(context, 'POST', path, body);
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
  };
  const pay = async (minor: number, more: object = {}): Promise<string> => {
    const id = uuidv7();
    await call('authorization', '/api/v1/payments', {
      id,
      contractId,
      orderReference: `GOLDEN-${minor}`,
      amount: { minor, currency: 'EUR' },
      card: { number: '4000000000000010', expiry: '4912' },
      cardholder: { email: 'client@example.com' },
      ...more,
    });
    return id;
  };
  const operate = (id: string, name: string, body: object = {}): Promise<void> =>
    call('cashdesk', `/api/v1/transactions/${id}/${name}`, { id: uuidv7(), ...body });
  const amount = (minor: number) => ({ amount: { minor, currency: 'EUR' } });

  const sold = await pay(10_000);
  await pay(20_051);
  const reserved = await pay(30_000, { authorizationOnly: true });
  await operate(reserved, 'capture', amount(25_000));
  const lowered = await pay(4_000);
  await operate(lowered, 'modify', amount(3_500));
  await operate(await pay(5_000), 'cancel');
  const blockId = uuidv7();
  await call('authorization', `/api/v1/transactions/${sold}/block-card`, { id: blockId });
  await client.request('authorization', 'DELETE', `/api/v1/blocked-cards/${blockId}`);
  const hurried = await pay(6_000);
  await operate(hurried, 'send');
  await call('remittance', '/api/v1/remittances/telecollect', { contractId });
  await untilSent(client, sold);
  await operate(sold, 'refunds', amount(1_234));
  await call('remittance', '/api/v1/remittances/telecollect', { contractId });
  const contract = `/api/v1/contracts/${contractId}`;
  await client.request('merchant-onboarding', 'PATCH', contract, {
    id: uuidv7(),
    label: 'LABORATOIRE 2',
  });
  await call('merchant-onboarding', `${contract}/deactivate`, { id: uuidv7() });
  await call('merchant-onboarding', `${contract}/activate`, { id: uuidv7() });
}

/** A refund needs a transaction that was sent. */
async function untilSent(client: ProductClient, id: string): Promise<void> {
  const deadline = performance.now() + SENT_MILLIS;
  for (;;) {
    const { body } = await client.request('backoffice', 'GET', `/api/v1/transactions/${id}`);
    if (body['acquirerStatus'] === 'SENT') return;
    if (performance.now() > deadline) throw new Error(`${id} was not sent in time`);
    await wait(50);
  }
}
