import { businessDay, instant } from '@encaisse/kernel';
import type { JsonSchema } from './json-schema';
import { LEDGER_EVENT_SCHEMAS, type LedgerPublishedEvents } from './published-events';

const id = (number: number) => `0198a1b2-0000-7000-8000-${String(number).padStart(12, '0')}`;
const at = instant('2017-05-15T10:00:00.000Z');
const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;
const subject = {
  transactionId: id(1),
  transactionNumber: '0000000001',
  orderReference: 'ORDER-1',
  environment: 'TEST',
  shopId: id(10),
  contractId: id(11),
  contractNumber: '1999888',
  rank: '032',
  paymentMeans: 'VISA',
} as const;

/** One example of each published event, typed: it cannot drift from the type. */
const EXAMPLES: LedgerPublishedEvents = {
  'ledger.payment-settled.v1': {
    ...subject,
    amount: eur(5500),
    status: 'REFUSED',
    acquirerStatus: 'NOT_APPLICABLE',
    refusalReason: 'ISSUER_DECLINED',
    authorizationNumber: null,
    settledAt: at,
  },
  'ledger.operation-completed.v1': {
    ...subject,
    operation: 'REFUND',
    operationId: id(2),
    amount: eur(1000),
    currentAmount: eur(4500),
    completedAt: at,
  },
  'ledger.sending-requested.v1': {
    transactionId: id(1),
    sendingId: id(3),
    environment: 'PRODUCTION',
    contractId: id(11),
    rank: '032',
    paymentMeans: 'VISA',
    currency: 'EUR',
    requestedAt: at,
  },
  'ledger.transaction-sent.v1': {
    ...subject,
    type: 'DEBIT',
    amount: eur(5500),
    remittanceId: id(4),
    remittanceNumber: '1999888-1',
    sentAt: at,
    businessDay: businessDay('2017-05-15'),
  },
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** The problems of a value under the keywords the published schemas use. */
function problems(value: unknown, schema: JsonSchema, path = ''): readonly string[] {
  const found: string[] = [];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.includes(typeOf(value))) found.push(`${path}: type`);
  if (schema.enum && !schema.enum.includes(value as string)) found.push(`${path}: enum`);
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(String(value))) {
    found.push(`${path}: pattern`);
  }
  const members = typeof value === 'object' && value !== null ? value : {};
  for (const key of schema.required ?? [])
    if (!(key in members)) found.push(`${path}/${key}: missing`);
  for (const [key, member] of Object.entries(members)) {
    const property = schema.properties?.[key];
    if (property) found.push(...problems(member, property, `${path}/${key}`));
    else if (schema.additionalProperties === false) found.push(`${path}/${key}: unknown`);
  }
  return found;
}

describe('What the ledger publishes', () => {
  const events = Object.entries(EXAMPLES);

  it.each(events)('%s fits its schema, after JSON too', (name, example) => {
    const schema = LEDGER_EVENT_SCHEMAS[name as keyof LedgerPublishedEvents];
    expect(problems(JSON.parse(JSON.stringify(example)), schema)).toEqual([]);
    expect(schema.$id).toBe(`urn:encaisse:event:${name}`);
  });

  it.each(events)(
    '%s has a closed schema: a property more or less does not fit',
    (name, example) => {
      const schema = LEDGER_EVENT_SCHEMAS[name as keyof LedgerPublishedEvents];
      expect(problems({ ...example, more: 1 }, schema)).toEqual(['/more: unknown']);
      for (const key of Object.keys(example)) {
        expect(problems({ ...example, [key]: undefined }, schema)).not.toEqual([]);
      }
    },
  );

  it('GEN-01 GEN-12 carries integers for money and no card', () => {
    const schema = LEDGER_EVENT_SCHEMAS['ledger.operation-completed.v1'];
    const example = EXAMPLES['ledger.operation-completed.v1'];
    expect(problems({ ...example, amount: { minor: 10.5, currency: 'EUR' } }, schema)).toEqual([
      '/amount/minor: type',
    ]);
    expect(JSON.stringify(LEDGER_EVENT_SCHEMAS)).not.toMatch(/card|holder|mail/i);
  });
});
