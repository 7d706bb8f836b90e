import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  addDays,
  businessDay,
  type BusinessDay,
  businessDayOf,
  type Currency,
  type Instant,
  isRefused,
  money,
  parisInstant,
  startOfDay,
} from '@encaisse/kernel';
import {
  cancelTransaction,
  modifyTransaction,
  type PaymentRequested,
  putBack,
  type RefundRequested,
  requestSending,
  transactionStream,
} from '@encaisse/ledger/domain';
import { CONTRACT_CATEGORY, type ContractOpened } from '@encaisse/merchant-onboarding/contract';
import { ControllableClock, SystemTimers } from '@encaisse/platform/clock';
import { type EventStore, PostgresEventStore, Streams } from '@encaisse/platform/event-store';
import { FolderFileDrop, writeWhole } from '@encaisse/platform/file-drop';
import { derivedUuid } from '@encaisse/platform/http';
import { batchResponseXml, readBatchTransfer } from '@encaisse/platform/iso20022';
import { LeasedEventStore, Leases, LeaseTables } from '@encaisse/platform/leases';
import { Database } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000, Projections } from '@encaisse/platform/projections';
import { createLogger, TimedJobs, Workers } from '@encaisse/platform/runtime';
import { remittanceStream } from '@encaisse/remittance/domain';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { AnswerInboxWorker } from './answers/answer-inbox.worker';
import { RecordAnswers } from './answers/record-answers';
import { RemittanceLines } from './lines/remittance-lines';
import { MakingTurn } from './making/making-turn';
import { RemittanceFiles } from './making/remittance-files';
import { RemittanceKnowledge } from './making/remittance-knowledge';
import { MAKING_STEPS, type MakingObserver, RemittanceMaker } from './making/remittance-maker';
import { SendingTransactions } from './making/sending-transactions';
import { systemMetadata } from './making/system-metadata';
import { ManualSendingWorker } from './manual-sending/manual-sending.worker';
import { Telecollection } from './telecollection/telecollection';

const DAY = businessDay('2017-05-15');
const EVENING = parisInstant(DAY, '23:00');
const METADATA = systemMetadata('test');
const SILENT = createLogger('test', 'silent');

class Died extends Error {}

/** One process of the remittance service, without HTTP. */
type Copy = {
  readonly clock: ControllableClock;
  readonly streams: Streams;
  readonly store: EventStore;
  readonly database: Database;
  readonly maker: RemittanceMaker;
  readonly lines: RemittanceLines;
  readonly knowledge: RemittanceKnowledge;
  readonly telecollection: Telecollection;
  readonly projections: Projections;
  readonly inbox: AnswerInboxWorker;
  readonly workers: Workers;
  stop(): Promise<void>;
};

async function startCopy(
  url: string,
  folder: string,
  observe: MakingObserver = () => undefined,
): Promise<Copy> {
  const store = new LeasedEventStore(await PostgresEventStore.open({ url }));
  const database = await Database.connect({ url, applicationName: 'test' }, [
    PlatformTables1763769600000,
    LeaseTables,
  ]);
  const projections = new Projections(store, database, SILENT);
  const leases = new Leases({ database, logger: SILENT });
  const streams = new Streams(store);
  const clock = new ControllableClock();
  const timers = new SystemTimers();
  clock.set(EVENING);
  const drop = new FolderFileDrop(folder);
  const lines = new RemittanceLines(database);
  const turn = new MakingTurn(leases);
  const knowledge = new RemittanceKnowledge(store, projections);
  const sending = new SendingTransactions(store, streams);
  const files = new RemittanceFiles(lines, drop);
  const maker = new RemittanceMaker(streams, clock, knowledge, lines, sending, files, observe);
  const jobs = new TimedJobs(database, clock, SILENT, leases);
  const settings = { telecollectionTime: '23:00' };
  const telecollection = new Telecollection(settings, jobs, knowledge, lines, maker, turn);
  const workers = new Workers(SILENT, leases);
  const answers = new RecordAnswers(streams, clock, knowledge, lines, maker);
  const inbox = new AnswerInboxWorker(workers, drop, answers, turn, timers, SILENT);
  const manual = new ManualSendingWorker(
    workers,
    store,
    clock,
    timers,
    knowledge,
    lines,
    maker,
    turn,
    SILENT,
  );
  manual.onModuleInit();
  await projections.start();
  return {
    clock,
    streams,
    store,
    database,
    maker,
    lines,
    knowledge,
    telecollection,
    projections,
    inbox,
    workers,
    stop: async () => {
      await workers.stop();
      await projections.stop();
      await store.close();
      await database.close();
    },
  };
}

type Terms = Partial<ContractOpened['data']>;

async function openContract(copy: Copy, terms: Terms = {}): Promise<ContractOpened['data']> {
  const data: ContractOpened['data'] = {
    contractId: uuidv7(),
    environment: 'TEST',
    shopId: uuidv7(),
    contractNumber: String(nextContract++),
    rank: '001',
    paymentMeans: 'VISA',
    currency: 'EUR',
    minimumMinor: 1,
    maximumMinor: 100_000_00,
    ceilingMinor: 100_000_00,
    deferralDays: 0,
    telecollectionTime: null,
    bankCode: '30004',
    acquirer: 'BNP',
    label: 'Maison Durand',
    openedAt: startOfDay(DAY),
    ...terms,
  };
  await record(copy, `${CONTRACT_CATEGORY}-${data.contractId}`, [{ type: 'ContractOpened', data }]);
  return data;
}

let nextNumber = 1;
let nextContract = 1_234_567;

async function record(
  { store }: Copy,
  streamId: string,
  events: readonly { type: string; data: object }[],
  expected: 'no-stream' | 'stream-exists' | 'any' = 'any',
): Promise<void> {
  const result = await store.append([
    {
      streamId,
      expected,
      events: events.map((event) => ({
        ...event,
        eventId: uuidv7(),
        schemaVersion: 1,
        metadata: METADATA,
      })),
    },
  ]);
  expect(result.kind).toBe('appended');
}

type Purchase = {
  readonly minor?: number;
  readonly plannedDate?: BusinessDay;
  readonly at?: Instant;
  readonly currency?: Currency;
  readonly paymentMeans?: string;
  readonly orderReference?: string;
  readonly authorizationOnly?: boolean;
};

function requested(contract: ContractOpened['data'], purchase: Purchase): PaymentRequested['data'] {
  const at = purchase.at ?? parisInstant(DAY, '10:00');
  return {
    transactionId: uuidv7(),
    transactionNumber: String(nextNumber++).padStart(10, '0'),
    environment: contract.environment,
    shopId: contract.shopId,
    contractId: contract.contractId,
    contractNumber: contract.contractNumber,
    rank: contract.rank,
    paymentMeans: purchase.paymentMeans ?? contract.paymentMeans,
    acquirer: contract.acquirer,
    orderReference: purchase.orderReference ?? 'CMD-1',
    amount: money(purchase.minor ?? 5500, purchase.currency ?? contract.currency),
    authorizationOnly: purchase.authorizationOnly ?? false,
    deferralDays: 0,
    channel: 'E_COMMERCE',
    wallet: null,
    archivingReference: 'ARC-1',
    card: {
      cardId: uuidv7(),
      maskedNumber: '497010******4271',
      expiry: '1912',
      cardType: null,
      cardCountry: 'FR',
      issuer: null,
    },
    cardholder: null,
    clientCountry: null,
    duplicateOf: null,
    trace: { stan: '000001', retrievalReference: '713510000001', transmittedAt: at },
    fingerprint: 'f',
    requestedAt: at,
    businessDay: businessDayOf(at),
  };
}

async function pay(copy: Copy, contract: ContractOpened['data'], purchase: Purchase = {}) {
  const request = requested(contract, purchase);
  const { transactionId, requestedAt, businessDay: day } = request;
  const plannedDate = purchase.plannedDate ?? day;
  await record(copy, `ledger.transaction-${transactionId}`, [
    { type: 'PaymentRequested', data: request },
    {
      type: 'PaymentAuthorized',
      data: {
        transactionId,
        authorizationNumber: '123456',
        responseCode: '00',
        authorizedAt: requestedAt,
      },
    },
    {
      type: 'PaymentAccepted',
      data: { transactionId, acceptedAt: requestedAt, businessDay: day, plannedDate },
    },
  ]);
  return { transactionId, number: request.transactionNumber };
}

async function refund(copy: Copy, contract: ContractOpened['data'], minor: number) {
  const {
    authorizationOnly: _,
    deferralDays: _2,
    duplicateOf: _3,
    trace: _4,
    ...rest
  } = requested(contract, { minor });
  const { fingerprint: _5, ...common } = rest;
  const request: RefundRequested['data'] = {
    ...common,
    originalTransactionId: uuidv7(),
    originalTransactionNumber: '0000000000',
  };
  const { transactionId } = request;
  await record(copy, `ledger.transaction-${transactionId}`, [
    { type: 'RefundRequested', data: request },
    {
      type: 'RefundAccepted',
      data: {
        transactionId,
        acceptedAt: request.requestedAt,
        businessDay: request.businessDay,
        plannedDate: request.businessDay,
      },
    },
  ]);
  return { transactionId, number: request.transactionNumber };
}

const FACTS = { isContractActive: true, isSupportedByMeans: true } as const;

async function cancel(copy: Copy, transactionId: string): Promise<boolean> {
  const at = parisInstant(DAY, '22:00');
  const command = { ...FACTS, transactionId, operationId: uuidv7(), at };
  const { decision } = await copy.streams.decide(
    transactionStream,
    transactionId,
    (state) => cancelTransaction(command, state),
    METADATA,
  );
  return !isRefused(decision);
}

async function askSending(copy: Copy, transactionId: string, sendingId: string): Promise<void> {
  const at = copy.clock.now();
  const acknowledgeStaleAuthorization = true;
  const command = { ...FACTS, transactionId, sendingId, at, acknowledgeStaleAuthorization };
  const { decision } = await copy.streams.decide(
    transactionStream,
    transactionId,
    (state) => requestSending(command, state),
    METADATA,
  );
  expect(isRefused(decision)).toBe(false);
}

async function phaseOf(copy: Copy, transactionId: string): Promise<string> {
  const { state } = await copy.streams.load(transactionStream, transactionId);
  return 'phase' in state ? state.phase : state.kind;
}

async function remittanceOf(copy: Copy, remittanceId: string) {
  const { state } = await copy.streams.load(remittanceStream, remittanceId);
  if (state.phase === 'unknown') throw new Error('no remittance');
  return state;
}

function outFiles(folder: string): string[] {
  return readdirSync(join(folder, 'out')).filter((name) => !name.startsWith('.'));
}

async function contentOf(folder: string, name: string) {
  const lines: { transactionNumber: string; type: string; amount: string }[] = [];
  const drop = new FolderFileDrop(folder);
  const batch = await readBatchTransfer(drop.read({ folder: 'out', name }), (line) =>
    lines.push(line),
  );
  return { batch, lines };
}

/** Every membership event in the log, by transaction. */
async function memberships({ database }: Copy): Promise<Map<string, string[]>> {
  const rows = await database.query<{ transaction_id: string; remittance_id: string }>(
    `select transaction_id, remittance_id from remittance_lines.members`,
  );
  const all = new Map<string, string[]>();
  for (const row of rows)
    all.set(row.transaction_id, [...(all.get(row.transaction_id) ?? []), row.remittance_id]);
  return all;
}

/** The numbers of a contract's built remittances, in order. */
async function sequencesOf({ database }: Copy, contractId: string): Promise<number[]> {
  const rows = await database.query<{ number: string }>(
    `select number from remittance_lines.remittances
     where contract_id = $1 and phase <> 'abandoned'`,
    [contractId],
  );
  return rows.map(({ number }) => Number(number.split('-')[1])).sort((a, b) => a - b);
}

let database: TestDatabase;
let folder: string;
let copy: Copy;
let dieAt: string | null = null;

beforeEach(async () => {
  dieAt = null;
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'encaisse-drop-'));
  copy = await startCopy(database.url, folder, (step) => {
    if (step !== dieAt) return;
    dieAt = null;
    throw new Died(step);
  });
});

afterEach(async () => {
  await copy.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('Telecollect', () => {
  it('REM-02 makes one remittance per means and currency of a contract, of what is due', async () => {
    const contract = await openContract(copy);
    const due = await pay(copy, contract, { minor: 10_000 });
    const yen = await pay(copy, contract, { minor: 700, currency: 'JPY' });
    const later = await pay(copy, contract, { plannedDate: addDays(DAY, 1) });
    await copy.telecollection.run(EVENING);

    expect(await phaseOf(copy, due.transactionId)).toBe('sent');
    expect(await phaseOf(copy, yen.transactionId)).toBe('sent');
    expect(await phaseOf(copy, later.transactionId)).toBe('to-send');
    expect(outFiles(folder)).toEqual([
      `${contract.contractNumber}-1.1.caaa011.xml`,
      `${contract.contractNumber}-1.1.csv`,
      `${contract.contractNumber}-2.1.caaa011.xml`,
      `${contract.contractNumber}-2.1.csv`,
    ]);
    const { batch, lines } = await contentOf(folder, outFiles(folder)[0]!);
    expect(batch.countedTotals).toEqual([{ type: 'DEBT', count: 1, amount: money(10_000, 'EUR') }]);
    expect(lines).toMatchObject([{ transactionNumber: due.number, amount: '100.00' }]);
  });

  it('REM-03 sends what is planned for a day that was missed', async () => {
    const contract = await openContract(copy);
    const captured = await pay(copy, contract, { plannedDate: addDays(DAY, -3) });
    await copy.telecollection.run(EVENING);
    expect(await phaseOf(copy, captured.transactionId)).toBe('sent');
  });

  it('CASH-13 REM-09 adds up debits, refunds and cancellations as in the worked example', async () => {
    const visa = await openContract(copy);
    await pay(copy, visa, { minor: 10_000 });
    const cancelled = await pay(copy, visa, { minor: 2000 });
    expect(await cancel(copy, cancelled.transactionId)).toBe(true);
    const cb = await openContract(copy, { paymentMeans: 'CB' });
    const refunded = await refund(copy, cb, 1000);
    await copy.telecollection.run(EVENING);

    const [ofVisa, ofCb] = await Promise.all(
      [visa, cb].map(({ contractId }) =>
        remittanceOf(copy, derivedUuid(`remittance|${contractId}|1`)),
      ),
    );
    expect(ofVisa!.built).toMatchObject({
      debits: { count: 2, amount: money(12_000, 'EUR') },
      credits: { count: 1, amount: money(2000, 'EUR') },
      total: money(10_000, 'EUR'),
      lineCount: 3,
    });
    expect(ofCb!.built).toMatchObject({
      debits: { count: 0, amount: money(0, 'EUR') },
      credits: { count: 1, amount: money(1000, 'EUR') },
      total: money(-1000, 'EUR'),
      lineCount: 1,
    });
    expect(await phaseOf(copy, cancelled.transactionId)).toBe('cancellation-sent');
    expect(await phaseOf(copy, refunded.transactionId)).toBe('sent');
    const { batch, lines } = await contentOf(folder, `${visa.contractNumber}-1.1.caaa011.xml`);
    expect([...batch.countedTotals].sort(byType)).toEqual([...batch.totals].sort(byType));
    expect(lines).toMatchObject([
      { type: 'DEBT', amount: '100.00' },
      { type: 'DEBT', transactionNumber: cancelled.number, amount: '20.00' },
      { type: 'DBTR', transactionNumber: cancelled.number, amount: '20.00' },
    ]);
  });

  it('REM-02 collects each contract at its own time, and makes nothing when nothing is due', async () => {
    const early = await openContract(copy, { telecollectionTime: '21:30' });
    const late = await openContract(copy);
    const first = await pay(copy, early);
    const second = await pay(copy, late);
    await copy.knowledge.catchUp();
    const due = copy.telecollection.nextAfter(parisInstant(DAY, '12:00'));
    expect(due).toBe(parisInstant(DAY, '21:30'));
    await copy.telecollection.run(due!);
    expect(await phaseOf(copy, first.transactionId)).toBe('sent');
    expect(await phaseOf(copy, second.transactionId)).toBe('to-send');
    expect(copy.telecollection.nextAfter(due!)).toBe(EVENING);
    await copy.telecollection.run(EVENING);
    await copy.telecollection.run(EVENING);
    expect(outFiles(folder)).toHaveLength(4);
  });

  it('M6 abandons no remittance whose lines a crash of the server took back', async () => {
    const { transactionId } = await pay(copy, await openContract(copy));
    const tables = ['waiting', 'members', 'remittances'].map((name) => `remittance_lines.${name}`);
    const lines = [...tables, 'platform.projections'];
    const nameOf = (table: string) => `lost_${table.replace('.', '_')}`;
    const catchUp = copy.knowledge.catchUp.bind(copy.knowledge);
    let isLost = false;
    copy.knowledge.catchUp = async () => {
      const checkpoint = await catchUp();
      if (isLost) return checkpoint;
      const [kept] = await copy.database.query(
        `select to_regclass('lost_platform_projections') as t`,
      );
      const isSent = (await phaseOf(copy, transactionId)) === 'sent';
      await copy.database.transaction(async (session) => {
        for (const table of lines)
          if (!isSent) {
            await session.query(`drop table if exists ${nameOf(table)}`);
            await session.query(`create table ${nameOf(table)} as table ${table}`);
          } else if ((kept as { t: string | null }).t !== null) {
            await session.query(`delete from ${table}`);
            await session.query(`insert into ${table} select * from ${nameOf(table)}`);
            isLost = true;
          }
      });
      return checkpoint;
    };
    await copy.telecollection.run(EVENING).catch(() => undefined);
    expect(isLost).toBe(true);
    await copy.maker.resume();
    expect(await memberships(copy)).toHaveProperty('size', 1);
    expect(outFiles(folder)).toHaveLength(2);
  });

  it('keeps what is due at an inactive contract aside, but for cancellations', async () => {
    const contract = await openContract(copy);
    const debit = await pay(copy, contract);
    const cancelled = await pay(copy, contract);
    await cancel(copy, cancelled.transactionId);
    await record(copy, `${CONTRACT_CATEGORY}-${contract.contractId}`, [
      {
        type: 'ContractDeactivated',
        data: { contractId: contract.contractId, deactivatedAt: EVENING },
      },
    ]);
    await copy.telecollection.run(EVENING);
    expect(await phaseOf(copy, debit.transactionId)).toBe('set-aside');
    expect(await phaseOf(copy, cancelled.transactionId)).toBe('cancelled');
    expect(await copy.store.readStream(`remittance.contract-${contract.contractId}`)).toEqual([]);
  });

  it('puts a transaction modified to a later day off, though it was read as due', async () => {
    const contract = await openContract(copy);
    const { transactionId } = await pay(copy, contract);
    await copy.knowledge.catchUp();
    const [candidate] = await copy.lines.candidates(
      { ...contract, cutOff: DAY, sendingId: null },
      '00000000-0000-0000-0000-000000000000',
      10,
    );
    const modification = {
      ...FACTS,
      transactionId,
      operationId: uuidv7(),
      amount: null,
      plannedDate: addDays(DAY, 3),
      at: parisInstant(DAY, '22:00'),
    };
    const { decision } = await copy.streams.decide(
      transactionStream,
      transactionId,
      (state) => modifyTransaction(modification, state),
      METADATA,
    );
    expect(isRefused(decision)).toBe(false);
    const sending = new SendingTransactions(copy.store, copy.streams);
    const opening = {
      ...contract,
      remittanceId: uuidv7(),
      number: '1-1',
      trigger: 'telecollection' as const,
      cutOff: DAY,
      sendingId: null,
      // An evening that was missed: by now the later day has come, yet it is not of this collection.
      openedAt: parisInstant(addDays(DAY, 4), '08:00'),
    };
    await sending.send(opening, [candidate!]);
    expect(await phaseOf(copy, transactionId)).toBe('to-send');
  });

  it('tells contracts of one number apart in the numbers of their remittances', async () => {
    const first = await openContract(copy);
    const { contractNumber } = first;
    const production = await openContract(copy, { contractNumber, environment: 'PRODUCTION' });
    await pay(copy, first);
    await pay(copy, production);
    await copy.telecollection.run(EVENING);
    const names = outFiles(folder).filter((name) => name.endsWith('.csv'));
    expect(names).toEqual([`${contractNumber}-1.1.csv`, `${contractNumber}.2-1.1.csv`].sort());
  });
});

describe('Cancel racing with telecollection', () => {
  it('CASH-10 ends in a debit or in a cancellation that is remitted once, never both', async () => {
    const contract = await openContract(copy);
    const seen = { debit: 0, cancellation: 0 };
    const all: string[] = [];
    let collectionMillis = 60;
    const isSettled = () => seen.debit > 0 && seen.cancellation > 0;
    for (let round = 1; round <= (isSettled() ? 12 : 60); round += 1) {
      const payments = [];
      for (let count = 0; count < 8; count += 1) payments.push(await pay(copy, contract));
      const ids = payments.map(({ transactionId }) => transactionId);
      all.push(...ids);
      const begun = performance.now();
      const collecting = copy.telecollection.run(EVENING).then(() => {
        collectionMillis = performance.now() - begun;
      });
      // The spread covers the whole of a collection, from its reading to its appends.
      const stepMillis = collectionMillis / ids.length;
      const cancelling = ids.map(async (id, index) => {
        await wait((index + (round % 3) / 3) * stepMillis);
        return cancel(copy, id);
      });
      const [, ...cancelled] = await Promise.all([collecting, ...cancelling]);
      for (const [index, id] of ids.entries()) {
        const phase = await phaseOf(copy, id);
        expect(phase).toBe(cancelled[index] ? 'cancellation-sent' : 'sent');
        seen[cancelled[index] ? 'cancellation' : 'debit'] += 1;
      }
    }
    expect(seen.debit).toBeGreaterThan(0);
    expect(seen.cancellation).toBeGreaterThan(0);
    const members = await memberships(copy);
    for (const id of all) expect(members.get(id)).toHaveLength(1);
    const sequences = await sequencesOf(copy, contract.contractId);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    for (const sequence of sequences) {
      const name = `${contract.contractNumber}-${sequence}.1.caaa011.xml`;
      const { batch } = await contentOf(folder, name);
      expect([...batch.countedTotals].sort(byType)).toEqual([...batch.totals].sort(byType));
    }
  });
});

describe('A crash of the remittance service', () => {
  const evening = async () => {
    const contract = await openContract(copy);
    const payments = [];
    for (let count = 0; count < 5; count += 1) payments.push(await pay(copy, contract));
    await cancel(copy, payments[3]!.transactionId);
    return { contract, payments };
  };

  it.each(MAKING_STEPS)(
    'after « %s » is taken up, without a lost or doubled line',
    async (step) => {
      const { contract, payments } = await evening();
      dieAt = step;
      await expect(copy.telecollection.run(EVENING)).rejects.toThrow(Died);
      const before = filesIn(folder);

      const again = await startCopy(database.url, folder);
      try {
        again.clock.set(parisInstant(addDays(DAY, 1), '08:00'));
        await again.telecollection.run(EVENING);
        const members = await memberships(again);
        for (const { transactionId } of payments)
          expect(members.get(transactionId)).toEqual([
            derivedUuid(`remittance|${contract.contractId}|1`),
          ]);
        expect(await sequencesOf(again, contract.contractId)).toEqual([1]);
        const state = await remittanceOf(again, derivedUuid(`remittance|${contract.contractId}|1`));
        expect(state.phase).toBe('sent');
        expect(state.built).toMatchObject({ lineCount: 6, total: money(4 * 5500, 'EUR') });
        const after = filesIn(folder);
        expect([...after.keys()]).toEqual([
          `${contract.contractNumber}-1.1.caaa011.xml`,
          `${contract.contractNumber}-1.1.csv`,
        ]);
        for (const [name, content] of before) expect(after.get(name)).toBe(content);
        const { lines } = await contentOf(folder, `${contract.contractNumber}-1.1.caaa011.xml`);
        expect(lines).toHaveLength(6);
        expect(await again.lines.unfinished()).toEqual([]);
      } finally {
        await again.stop();
      }
    },
  );

  it('is taken up at the next start, before anything falls due', async () => {
    const { contract } = await evening();
    dieAt = 'opened';
    await expect(copy.telecollection.run(EVENING)).rejects.toThrow(Died);
    await copy.workers.start();
    await eventually(async () => {
      const state = await remittanceOf(copy, derivedUuid(`remittance|${contract.contractId}|1`));
      expect(state.phase).toBe('sent');
    });
  });

  it('is finished before the contract opens another remittance', async () => {
    const { contract, payments } = await evening();
    dieAt = 'opened';
    await expect(copy.telecollection.run(EVENING)).rejects.toThrow(Died);
    const yen = await pay(copy, contract, { currency: 'JPY', minor: 900 });
    const sendingId = uuidv7();
    await askSending(copy, yen.transactionId, sendingId);
    await copy.knowledge.catchUp();
    const [subject] = await copy.lines.requestedSubjects(sendingId);
    await copy.maker.make({ subject: subject!, trigger: 'manual', cutOff: DAY, sendingId });
    expect(await phaseOf(copy, payments[0]!.transactionId)).toBe('sent');
    expect(await phaseOf(copy, yen.transactionId)).toBe('sent');
    for (const n of [1, 2]) {
      const id = derivedUuid(`remittance|${contract.contractId}|${n}`);
      expect((await remittanceOf(copy, id)).phase).toBe('sent');
    }
  });

  it('returns the number of a remittance that nothing entered', async () => {
    const { contract, payments } = await evening();
    dieAt = 'opened';
    await expect(copy.telecollection.run(EVENING)).rejects.toThrow(Died);
    await record(copy, `${CONTRACT_CATEGORY}-${contract.contractId}`, [
      {
        type: 'ContractDeactivated',
        data: { contractId: contract.contractId, deactivatedAt: EVENING },
      },
    ]);
    await copy.telecollection.run(EVENING);
    expect(await phaseOf(copy, payments[0]!.transactionId)).toBe('set-aside');
    expect(await sequencesOf(copy, contract.contractId)).toEqual([]);
    await record(copy, `${CONTRACT_CATEGORY}-${contract.contractId}`, [
      {
        type: 'ContractActivated',
        data: { contractId: contract.contractId, activatedAt: EVENING },
      },
    ]);
    await copy.telecollection.run(EVENING);
    expect(await phaseOf(copy, payments[3]!.transactionId)).toBe('cancellation-sent');
    expect(await sequencesOf(copy, contract.contractId)).toEqual([1]);
  });
});

describe('Two copies of the service', () => {
  it('collect the same evening at once, numbering without gaps and sending each line once', async () => {
    const other = await startCopy(database.url, folder);
    try {
      const contract = await openContract(copy);
      const ids: string[] = [];
      for (let round = 1; round <= 4; round += 1) {
        for (let count = 0; count < 6; count += 1)
          ids.push((await pay(copy, contract)).transactionId);
        await Promise.all([copy.telecollection.run(EVENING), other.telecollection.run(EVENING)]);
      }
      const members = await memberships(copy);
      for (const id of ids) expect(members.get(id)).toHaveLength(1);
      expect(await sequencesOf(copy, contract.contractId)).toEqual([1, 2, 3, 4]);
    } finally {
      await other.stop();
    }
  });
});

describe('Send to bank by hand', () => {
  it('CASH-18 CASH-19 sends a deferred payment at once, ahead of its planned date', async () => {
    const contract = await openContract(copy);
    const { transactionId } = await pay(copy, contract, { plannedDate: addDays(DAY, 4) });
    await copy.workers.start();
    await askSending(copy, transactionId, uuidv7());
    await eventually(async () => expect(await phaseOf(copy, transactionId)).toBe('sent'));
  });

  it('CASH-20 makes one remittance per contract of a mass sending', async () => {
    const contracts = [await openContract(copy), await openContract(copy)];
    const ids: string[] = [];
    for (const contract of contracts)
      for (let count = 0; count < 5; count += 1)
        ids.push((await pay(copy, contract, { plannedDate: addDays(DAY, 2) })).transactionId);
    await copy.workers.start();
    const sendingId = uuidv7();
    for (const id of ids) await askSending(copy, id, sendingId);
    await eventually(async () => {
      for (const id of ids) expect(await phaseOf(copy, id)).toBe('sent');
    });
    for (const { contractId } of contracts) {
      expect(await sequencesOf(copy, contractId)).toEqual([1]);
      const { opening } = await remittanceOf(copy, derivedUuid(`remittance|${contractId}|1`));
      expect(opening).toMatchObject({ trigger: 'manual', sendingId });
    }
  });

  it('carries out what was asked for while the service was down', async () => {
    const contract = await openContract(copy);
    const { transactionId } = await pay(copy, contract, { plannedDate: addDays(DAY, 4) });
    await askSending(copy, transactionId, uuidv7());
    await copy.workers.start();
    await eventually(async () => expect(await phaseOf(copy, transactionId)).toBe('sent'));
  });
});

describe('The answer of the acquirer', () => {
  const sent = async () => {
    const contract = await openContract(copy);
    const first = await pay(copy, contract);
    const second = await pay(copy, contract);
    const cancelled = await pay(copy, contract);
    await cancel(copy, cancelled.transactionId);
    await copy.telecollection.run(EVENING);
    const remittanceId = derivedUuid(`remittance|${contract.contractId}|1`);
    return { contract, first, second, cancelled, remittanceId };
  };
  type Sent = Awaited<ReturnType<typeof sent>>;
  type DataSet = Parameters<typeof batchResponseXml>[0]['dataSet'];

  const answer = async (
    { contract }: Sent,
    result: DataSet['result'],
    rejected: DataSet['rejected'] = [],
    attempt = 1,
    name = `${contract.contractNumber}-1`,
  ) => {
    const xml = batchResponseXml({
      exchangeId: attempt,
      createdAt: EVENING,
      acceptorId: contract.contractNumber,
      acquirerId: contract.acquirer,
      dataSet: {
        name,
        version: String(attempt),
        createdAt: EVENING,
        result,
        reason: result === 'DECL' ? 'Totaux faux' : null,
        totals: [{ type: 'DEBT', count: 3, amount: money(16_500, 'EUR') }],
        rejected,
      },
    });
    const file = { folder: 'in', name: `${name}.${attempt}.caaa012.xml` };
    await writeWhole(new FolderFileDrop(folder), file, xml);
    await copy.inbox.takeAll();
  };

  it('REM-07 accepts a remittance, once though it comes twice', async () => {
    const remittance = await sent();
    await answer(remittance, 'APPR');
    await answer(remittance, 'APPR');
    expect((await remittanceOf(copy, remittance.remittanceId)).phase).toBe('accepted');
    expect(readdirSync(join(folder, 'in', 'done'))).toHaveLength(1);
    const events = await copy.store.readStream(`remittance.remittance-${remittance.remittanceId}`);
    expect(events.map(({ type }) => type)).toEqual([
      'RemittanceOpened',
      'RemittanceBuilt',
      'RemittanceSent',
      'RemittanceAccepted',
    ]);
  });

  it('REM-15 sets rejected lines aside; one put back leaves with the next remittance', async () => {
    const remittance = await sent();
    const { first, second, cancelled, contract } = remittance;
    const line = (sequence: number, transactionNumber: string) => ({
      sequence,
      transactionNumber,
      transactionAt: EVENING,
      reason: 'Carte inconnue',
    });
    await answer(remittance, 'PART', [line(2, second.number), line(4, cancelled.number)]);
    expect(await phaseOf(copy, first.transactionId)).toBe('sent');
    expect(await phaseOf(copy, second.transactionId)).toBe('set-aside');
    expect(await phaseOf(copy, cancelled.transactionId)).toBe('cancellation-sent');
    const events = await copy.store.readStream(`remittance.remittance-${remittance.remittanceId}`);
    expect(events.at(-1)).toMatchObject({
      type: 'RemittanceAccepted',
      data: {
        rejectedLines: [
          { transactionId: second.transactionId, type: 'DEBIT', detail: 'Carte inconnue' },
          { transactionId: cancelled.transactionId, type: 'CANCELLATION' },
        ],
      },
    });

    const { transactionId } = second;
    const command = { transactionId, operationId: uuidv7(), isContractActive: true, at: EVENING };
    await copy.streams.decide(
      transactionStream,
      transactionId,
      (state) => putBack(command, state),
      METADATA,
    );
    await copy.telecollection.run(EVENING);
    expect(await phaseOf(copy, transactionId)).toBe('sent');
    expect((await memberships(copy)).get(transactionId)).toHaveLength(2);
    expect(await sequencesOf(copy, contract.contractId)).toEqual([1, 2]);
  });

  it('REM-15 sends a rejected remittance again with its number and its lines', async () => {
    const remittance = await sent();
    const { remittanceId, contract, first } = remittance;
    await answer(remittance, 'DECL');
    expect((await remittanceOf(copy, remittanceId)).phase).toBe('rejected');
    expect(await phaseOf(copy, first.transactionId)).toBe('sent');
    await copy.workers.start();
    await record(copy, `remittance.remittance-${remittanceId}`, [
      {
        type: 'RemittanceResendRequested',
        data: { remittanceId, operationId: uuidv7(), attempt: 2, requestedAt: EVENING },
      },
    ]);
    await eventually(async () =>
      expect(await remittanceOf(copy, remittanceId)).toMatchObject({ phase: 'sent', attempt: 2 }),
    );
    const [one, two] = await Promise.all(
      [1, 2].map((attempt) =>
        contentOf(folder, `${contract.contractNumber}-1.${attempt}.caaa011.xml`),
      ),
    );
    expect(two!.lines).toEqual(one!.lines);
    expect(two!.batch.dataSet).toMatchObject({ name: one!.batch.dataSet.name, version: '2' });
    await answer(remittance, 'DECL');
    expect((await remittanceOf(copy, remittanceId)).phase).toBe('sent');
    await answer(remittance, 'APPR', [], 2);
    expect((await remittanceOf(copy, remittanceId)).phase).toBe('accepted');
  });

  it('is refused with its reason when it cannot be understood, or is about nothing we sent', async () => {
    const remittance = await sent();
    await answer(remittance, 'APPR', [], 1, '9999999-1');
    await answer(remittance, 'APPR', [], 7);
    await writeWhole(
      new FolderFileDrop(folder),
      { folder: 'in', name: 'broken.caaa012.xml' },
      '<Document>',
    );
    await copy.inbox.takeAll();
    const refused = join(folder, 'in', 'refused');
    expect(readdirSync(refused)).toHaveLength(6);
    expect(readFileSync(join(refused, '9999999-1.1.caaa012.xml.reason.txt'), 'utf8')).toBe(
      'no remittance 9999999-1\n',
    );
    expect((await remittanceOf(copy, remittance.remittanceId)).phase).toBe('sent');
  });
});

describe('The lines that wait and the lines of remittances', () => {
  it('are the same when they are made again from the log', async () => {
    const contract = await openContract(copy);
    await pay(copy, contract, { authorizationOnly: true });
    const cancelled = await pay(copy, contract);
    await cancel(copy, cancelled.transactionId);
    await refund(copy, contract, 300);
    await pay(copy, contract, { plannedDate: addDays(DAY, 2) });
    await copy.telecollection.run(EVENING);
    const tables = ['waiting', 'members', 'remittances'];
    const rows = () =>
      Promise.all(
        tables.map((table) =>
          copy.database.query(`select * from remittance_lines.${table} order by 1`),
        ),
      );
    await copy.knowledge.catchUp();
    const before = await rows();
    const { projections } = copy;
    await projections.rebuild('remittance.lines');
    expect(await rows()).toEqual(before);
  });
});

function byType(left: { type: string }, right: { type: string }): number {
  return left.type < right.type ? -1 : 1;
}

/** The files as they lie there, none before the folder exists. */
function filesIn(root: string): Map<string, string> {
  const all = new Map<string, string>();
  let names: string[] = [];
  try {
    names = outFiles(root);
  } catch {
    return all;
  }
  for (const name of names) all.set(name, readFileSync(join(root, 'out', name), 'utf8'));
  return all;
}

async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = process.hrtime.bigint() + 30_000_000_000n;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (process.hrtime.bigint() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
