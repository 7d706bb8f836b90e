import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CHUNK_SIZE,
  MASS_OPERATION_SELECTED_V1,
  MASS_OPERATION_SELECTED_V1_SCHEMA,
  type MassOperationEvent,
  massOperationPublication,
  type MassTotal,
} from '@encaisse/backoffice/contract';
import { fold, instant, type Money, money } from '@encaisse/kernel';
import { specification } from '@encaisse/testing';
import { massOperationStream } from './mass-operation';
import {
  LARGEST_SELECTION,
  type RequestMassOperation,
  requestMassOperation,
} from './request-mass-operation';

const { given } = specification(massOperationStream, requestMassOperation);
const id = (number: number) => `0198a1b2-0000-7000-8000-${String(number).padStart(12, '0')}`;
const eur = (minor: number): Money => money(minor, 'EUR');
const at = instant('2017-05-15T10:00:00.000Z');
const terms = {
  massOperationId: id(1),
  operation: 'send',
  nodeId: id(10),
  environment: 'TEST',
  acknowledgeStaleAuthorization: false,
} as const;
const totals: readonly MassTotal[] = [
  {
    currency: 'EUR',
    debits: { count: 1, amount: eur(5500) },
    refunds: { count: 1, amount: eur(1000) },
    total: eur(4500),
  },
];
const ids = (count: number) => Array.from({ length: count }, (_, index) => id(101 + index));
const selection = (count: number) => ({ count, totals, transactionIds: ids(count) });
const request = (more: Partial<RequestMassOperation> = {}): RequestMassOperation => ({
  ...terms,
  fingerprint: 'fingerprint-1',
  selection: selection(2),
  expectedCount: 2,
  at,
  ...more,
});
const requested = (count = 2, chunks = 1): MassOperationEvent => ({
  type: 'MassOperationRequested',
  data: { ...terms, fingerprint: 'fingerprint-1', count, totals, chunks, requestedAt: at },
});
const selected = (chunk: number, transactionIds: readonly string[]): MassOperationEvent => ({
  type: 'MassOperationSelected',
  data: { ...terms, chunk, transactionIds },
});

describe('Request a mass operation', () => {
  it('CASH-17 CASH-20 fixes what was selected and what it adds up to', () => {
    given()
      .when(request())
      .then(requested(), selected(0, ids(2)));
  });
  it('goes on without a number shown, as machines do', () => {
    given()
      .when(request({ expectedCount: null }))
      .then(requested(), selected(0, ids(2)));
  });
  it.each([
    [CHUNK_SIZE, 1],
    [CHUNK_SIZE + 1, 2],
    [2 * CHUNK_SIZE, 2],
  ])('CASH-17 cuts %i transactions into %i chunks, none left out', (count, chunks) => {
    const command = request({ selection: selection(count), expectedCount: count });
    const parts = Array.from({ length: chunks }, (_, chunk) =>
      selected(chunk, ids(count).slice(chunk * CHUNK_SIZE, (chunk + 1) * CHUNK_SIZE)),
    );
    given()
      .when(command)
      .then(requested(count, chunks), ...parts);
  });
  it('GEN-11 does nothing more when the same request comes again, whatever the list is by then', () => {
    given(requested(), selected(0, ids(2)))
      .when(request({ selection: { count: 0, totals: [], transactionIds: [] } }))
      .thenNothing();
  });
  it('GEN-11 is refused when the id was used for another request', () => {
    given(requested())
      .when(request({ fingerprint: 'fingerprint-2' }))
      .thenRefused({ code: 'id-reused' });
  });
  it('GEN-06 is refused when the list is not the one that was shown', () => {
    given()
      .when(request({ expectedCount: 3 }))
      .thenRefused({ code: 'selection-changed', count: 2, totals });
  });
  it('is refused when there is nothing to do', () => {
    const nothing = { count: 0, totals: [], transactionIds: [] };
    given()
      .when(request({ selection: nothing, expectedCount: 0 }))
      .thenRefused({ code: 'selection-empty' });
  });
  it('is refused one transaction beyond the most that go at once', () => {
    const count = LARGEST_SELECTION + 1;
    given()
      .when(request({ selection: { count, totals, transactionIds: [] } }))
      .thenRefused({ code: 'selection-too-large', count, largest: LARGEST_SELECTION });
  });
});

describe('Mass operations as they are stored and published', () => {
  const folder = join(__dirname, 'history');
  const stored = (name: string) =>
    JSON.parse(readFileSync(join(folder, name), 'utf8')) as MassOperationEvent & {
      readonly schemaVersion: number;
    };

  it('keeps one example of each version of each event', () => {
    const versions = Object.entries(massOperationStream.schemaVersions);
    const names = versions.map(([type, version]) => `${type}.v${version}.json`);
    expect(readdirSync(folder).sort()).toEqual(names.sort());
  });
  it('reads the examples as the shape written today', () => {
    const shape = ({ type, data }: MassOperationEvent) => ({ type, data });
    const examples = ['MassOperationRequested', 'MassOperationSelected'].map((type) =>
      shape(stored(`${type}.v1.json`)),
    );
    expect(examples).toEqual([requested(), selected(0, ids(2))]);
    expect(fold(massOperationStream, examples)).toEqual(requested().data);
  });
  it('publishes each chunk with who asked for it, and nothing else', () => {
    const actor = { kind: 'person', login: 'camille.durand' } as const;
    const recorded = (event: MassOperationEvent) => ({ ...event, metadata: { actor } });
    expect(massOperationPublication.map(recorded(requested()))).toEqual([]);
    const [message] = massOperationPublication.map(recorded(selected(0, ids(2))));
    expect(message).toEqual({
      type: MASS_OPERATION_SELECTED_V1,
      data: { ...terms, chunk: 0, transactionIds: ids(2), requestedBy: actor },
    });
    const { required, properties } = MASS_OPERATION_SELECTED_V1_SCHEMA;
    expect(Object.keys(message?.data ?? {}).sort()).toEqual([...required].sort());
    expect(Object.keys(properties).sort()).toEqual([...required].sort());
  });
});
