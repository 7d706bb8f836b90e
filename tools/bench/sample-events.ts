import type { NewEvent } from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';

/** An event of about 600 bytes as stored, of the shape of a payment's. */
export function sampleEvent(): NewEvent {
  return {
    eventId: uuidv7(),
    type: 'PaymentRequested',
    schemaVersion: 1,
    data: {
      amount: { currency: 'EUR', minor: 1250 },
      contractNumber: '1999888',
      environment: 'TEST',
      orderReference: `ORDER-${uuidv7()}`,
      requestedAt: '2026-11-22T08:30:00.000Z',
      salesChannel: 'E_COMMERCE',
      shopId: '0191d5a0-1111-7000-8000-000000000001',
      transactionNumber: '0001234567',
    },
    metadata: {
      actor: { kind: 'machine', login: 'shop-server' },
      causationId: null,
      correlationId: '0191d5a0-2222-7000-8000-000000000002',
    },
  };
}
