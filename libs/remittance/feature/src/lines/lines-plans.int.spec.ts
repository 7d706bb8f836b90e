import { parseBusinessDay } from '@encaisse/kernel';
import { Database, type SqlSession } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000 } from '@encaisse/platform/projections';
import {
  createTestDatabase,
  planOf,
  recordingDatabase,
  type Statement,
  type TestDatabase,
  withChangeUndone,
} from '@encaisse/testing';
import { RemittanceLines, type Selection } from './remittance-lines';
import { LINE_COLUMN_LIST, LINES_INDEXES, LINES_SCHEMA, LINES_TABLES } from './tables';

const WAITING = 210_000;
const MEMBERS = 210_000;
const REMITTANCES = 40_000;
const TODAY = parseBusinessDay('2026-11-22')!;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const part = (salt: number) => `(abs(hashint8extended(i, ${salt})) % 1000000)`;

const contractOf = (index: number) => `00000000-0000-7000-a000-${String(index).padStart(12, '0')}`;
const sendingOf = (index: number) => `00000000-0000-7000-b000-${String(index).padStart(12, '0')}`;
const remittanceOf = (index: number) =>
  `00000000-0000-7000-9000-${String(index).padStart(12, '0')}`;

/** Contracts of very different size: the first has a fifth of what waits. */
const LARGE = contractOf(0);
const SMALL = contractOf(299);
const IDLE = contractOf(999);

let testDatabase: TestDatabase;
let database: Database;

/**
 * What waits: most of it due today, a third deferred, a tenth to be captured first, some set aside;
 * forty manual sendings of a few transactions each. What was remitted: seventy lines each, of which a
 * few are still on their way.
 */
async function fill(session: SqlSession): Promise<void> {
  const line = `'TEST', ('00000000-0000-7000-c000-' || lpad((contract / 5)::text, 12, '0'))::uuid,
    ('00000000-0000-7000-a000-' || lpad(contract::text, 12, '0'))::uuid, (5200000 + contract)::text,
    '001', (array['CB', 'VISA', 'MASTERCARD'])[1 + i % 3], 'BANK',
    case when ${part(3)} < 5000 then 'USD' else 'EUR' end, 'DEBIT', 1000 + ${part(4)},
    lpad(i::text, 10, '0'), null, 'CMD-' || i, null, null, null, null, null,
    '2026-11-21T12:00:00.000Z'`;
  const rows = `(select i, ('01900000-0000-7000-8000-' || lpad(to_hex(${part(9)}), 6, '0')
      || lpad(to_hex(i), 6, '0'))::uuid as id,
      least(floor(300 * power(${part(1)} / 1000000.0, 3.5))::int, 299) as contract
    from generate_series(0, $1::bigint - 1) i) of_row`;
  await session.query(
    `insert into waiting (${LINE_COLUMN_LIST}, version, state, authorization_only, planned_date,
       sending_id)
     select id, ${line}, 3,
       case when ${part(5)} < 100000 then 'awaiting-capture' when ${part(5)} < 120000 then 'set-aside'
         when ${part(5)} < 130000 then 'cancelled' else 'to-send' end, false,
       case when ${part(6)} < 300000 then '2026-12-05' else '2026-11-22' end,
       case when ${part(7)} < 2000
         then ('00000000-0000-7000-b000-' || lpad((i % 40)::text, 12, '0'))::uuid end
     from ${rows}`,
    [WAITING],
  );
  await session.query(
    `insert into members (${LINE_COLUMN_LIST}, remittance_id)
     select id, ${line}, ('00000000-0000-7000-9000-' || lpad((i / 70)::text, 12, '0'))::uuid
     from ${rows}`,
    [MEMBERS],
  );
  await session.query(
    `insert into remittances
     select ('00000000-0000-7000-9000-' || lpad(i::text, 12, '0'))::uuid, 5200000 + i % 300 || '-' || i,
       'TEST', ('00000000-0000-7000-c000-' || lpad((i % 60)::text, 12, '0'))::uuid,
       ('00000000-0000-7000-a000-' || lpad((i % 300)::text, 12, '0'))::uuid,
       case when i % 1000 = 7 then 'abandoned' when i >= $1::bigint - 5 then 'to-send' else 'sent' end,
       i * 100
     from generate_series(0, $1::bigint - 1) i`,
    [REMITTANCES],
  );
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, applicationName: 'plans-spec' }, [
    PlatformTables1763769600000,
  ]);
  await database.transaction(async (session) => {
    await session.query(`create schema ${LINES_SCHEMA}`);
    await session.query(`set local search_path to ${LINES_SCHEMA}, public`);
    await session.query(LINES_TABLES);
    await fill(session);
    await session.query(LINES_INDEXES);
    await session.query('analyze waiting; analyze members; analyze remittances');
  });
}, 180_000);

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

type Question = (lines: RemittanceLines) => Promise<unknown>;

/** What a question asks the database. */
async function statementOf(question: Question): Promise<Statement> {
  const statements: Statement[] = [];
  await question(new RemittanceLines(recordingDatabase(database, statements)));
  const [statement, ...others] = statements.filter(({ sql }) => !sql.startsWith('set local'));
  expect(others).toEqual([]);
  return statement!;
}

const without = (change: string, work: (session: SqlSession) => Promise<void>) =>
  withChangeUndone(change, work, database);

const dropIndex = (index: string) => `drop index ${LINES_SCHEMA}.${index}`;
const dropKey = (table: string) =>
  `alter table ${LINES_SCHEMA}.${table} drop constraint ${table}_pkey`;

const selection = (contractId: string, sendingId: string | null = null): Selection => ({
  contractId,
  rank: '001',
  paymentMeans: 'CB',
  currency: 'EUR',
  cutOff: TODAY,
  sendingId,
});

/** Rows of one contract that may be sent, due or not: what a question about it may look at. */
async function sendableOf(contractId: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select count(*) as count from ${LINES_SCHEMA}.waiting
     where contract_id = $1 and state in ('to-send', 'cancelled')`,
    [contractId],
  );
  return row!.count;
}

describe('Plans of what waits for the bank, two hundred thousand transactions', () => {
  it.each([
    ['large', LARGE],
    ['small', SMALL],
    ['idle', IDLE],
  ])('REM-02 due subjects read what one contract has to send: %s', async (_size, contractId) => {
    const statement = await statementOf((lines) => lines.dueSubjects(contractId, TODAY));
    const plan = await planOf(statement, database);
    expect(plan.plannedWholeTables).toEqual([]);
    expect(plan.rowsRead).toBeLessThanOrEqual(await sendableOf(contractId));
  });

  it.each([
    ['first', FIRST_ID],
    ['deep', '01900000-0000-7000-8000-0b0000000000'],
  ])('REM-02 a page of candidates reads a few pages of rows: %s', async (_which, after) => {
    const question: Question = (lines) => lines.candidates(selection(LARGE), after, 500);
    expect(await question(new RemittanceLines(database))).toHaveLength(500);
    const plan = await planOf(await statementOf(question), database);
    expect(plan.plannedWholeTables).toEqual([]);
    expect(plan.rowsRead).toBeLessThanOrEqual(500 * 8);
  });

  it('CASH-18 a manual sending reads its own transactions', async () => {
    const questions: readonly Question[] = [
      (lines) => lines.requestedSubjects(sendingOf(7)),
      (lines) => lines.candidates(selection(LARGE, sendingOf(7)), FIRST_ID, 500),
      (lines) => lines.requestedSendings(),
    ];
    for (const question of questions) {
      const plan = await planOf(await statementOf(question), database);
      expect(plan.plannedWholeTables).toEqual([]);
      expect(plan.rowsRead).toBeLessThan(1000);
    }
  });
});

describe('Plans of what was remitted', () => {
  const QUESTIONS: Readonly<Record<string, readonly [Question, number]>> = {
    // Its lines and the checkpoint they have.
    sums: [(lines) => lines.sums(remittanceOf(2000)), 71],
    members: [(lines) => lines.members(remittanceOf(2000), FIRST_ID, 50), 50],
    'members by number': [
      (lines) => lines.membersNumbered(remittanceOf(2000), ['0000140003', '0000140004']),
      70,
    ],
    unfinished: [(lines) => lines.unfinished(), 5],
    'one remittance': [(lines) => lines.remittance(remittanceOf(2000)), 1],
    'a remittance by its number': [(lines) => lines.remittanceNumbered('5200200-2000'), 1],
  };

  it.each(Object.entries(QUESTIONS))(
    '%s: no more than its own rows',
    async (_name, [question, most]) => {
      const plan = await planOf(await statementOf(question), database);
      expect(plan.plannedWholeTables).toEqual([]);
      expect(plan.rowsRead).toBeGreaterThan(0);
      expect(plan.rowsRead).toBeLessThanOrEqual(most);
      expect(plan.pages).toBeLessThan(150);
    },
  );
});

describe('Indexes of what waits and what was remitted', () => {
  const INDEXES: readonly (readonly [string, string, Question])[] = [
    ['waiting_due', dropIndex('waiting_due'), (lines) => lines.dueSubjects(SMALL, TODAY)],
    ['waiting_sendings', dropIndex('waiting_sendings'), (lines) => lines.requestedSendings()],
    [
      'remittances_number',
      dropIndex('remittances_number'),
      (lines) => lines.remittanceNumbered('5200200-2000'),
    ],
    ['remittances_unfinished', dropIndex('remittances_unfinished'), (lines) => lines.unfinished()],
    ['members_pkey', dropKey('members'), (lines) => lines.sums(remittanceOf(2000))],
    ['remittances_pkey', dropKey('remittances'), (lines) => lines.remittance(remittanceOf(2000))],
  ];

  it.each(INDEXES)(
    '%s is needed: without it a table is read to its end',
    async (_index, change, question) => {
      const statement = await statementOf(question);
      expect((await planOf(statement, database)).plannedWholeTables).toEqual([]);
      await without(change, async (session) => {
        expect((await planOf(statement, session)).plannedWholeTables).not.toEqual([]);
      });
    },
  );

  it('has none that no question needs', async () => {
    const kept = await database.query<{ name: string }>(
      'select indexname as name from pg_indexes where schemaname = $1',
      [LINES_SCHEMA],
    );
    const named = [...INDEXES.map(([index]) => index), 'waiting_pkey'];
    expect(kept.map(({ name }) => name).sort()).toEqual(named.sort());
  });
});
