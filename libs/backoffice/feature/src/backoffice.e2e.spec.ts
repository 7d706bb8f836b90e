import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { stream as spreadsheets } from 'exceljs';
import { XMLParser } from 'fast-xml-parser';
import { uuidv7 } from 'uuidv7';
import { type DomainEvent, instant, money, streamIdOf } from '@encaisse/kernel';
import { transactionStream } from '@encaisse/ledger/domain';
import { NODE_CATEGORY } from '@encaisse/merchant-onboarding/contract';
import { REMITTANCE_CATEGORY } from '@encaisse/remittance/contract';
import { Product } from '@encaisse/testing';
import { BackofficeModule } from './backoffice.module';
import {
  eventsOf,
  idOf,
  REMITTANCE,
  type TransactionSketch,
  WORKED_DAY,
} from './fixtures/recorded-transactions';
import { BRAND, OTHER_BRAND, OTHER_SHOP, SHOPS, TREE } from './fixtures/random-trade';

const NOW = '2026-11-22T12:00:00.000Z';
const PERIOD = 'from=2026-11-01&to=2026-11-22';
const FOREIGN = idOf(0xf0);
const eur = (minor: number) => money(minor, 'EUR');

/** The worked day at one shop, a sale of another brand, one in yen and one with a dangerous reference. */
const TRADE: readonly TransactionSketch[] = [
  ...WORKED_DAY.map((sketch) => ({ ...sketch, shopId: SHOPS[0] })),
  { ...WORKED_DAY[0]!, id: FOREIGN, shopId: OTHER_SHOP },
  {
    ...WORKED_DAY[0]!,
    id: idOf(0xf1),
    shopId: SHOPS[3],
    at: instant('2026-11-20T22:30:15.500Z'),
    currency: 'JPY',
    initial: 1200,
    orderReference: '=1+1;"x"\n2',
    personId: '',
  },
];

let product: Product;
let personId: string;

async function append(category: string, id: string, event: DomainEvent, actor = 'camille.durand') {
  await product.service.platform.store.append([
    {
      streamId: streamIdOf({ category }, id),
      expected: 'any',
      events: [
        {
          eventId: uuidv7(),
          type: event.type,
          schemaVersion: 1,
          data: event.data,
          metadata: {
            actor: { kind: actor === 'system' ? 'system' : 'person', login: actor },
            correlationId: 'test',
            causationId: null,
          },
        },
      ],
    },
  ]);
}

const record = async (sketch: TransactionSketch) => {
  for (const event of eventsOf(sketch))
    await append(
      transactionStream.category,
      sketch.id,
      event,
      event.type === 'TransactionSentToBank' ? 'system' : 'camille.durand',
    );
};

beforeAll(async () => {
  product = await Product.start([BackofficeModule]);
  await product.setClock(NOW);
  const { personVault } = product.service.platform;
  ({ personId } = await personVault.remember({ email: 'Zoé@exemple.fr' }, BRAND, 'TEST'));
  for (const event of TREE) await append(NODE_CATEGORY, event.data.nodeId, event);
  for (const sketch of TRADE)
    await record(sketch.personId === undefined ? sketch : { ...sketch, personId });
  await product.settled();
});
afterAll(() => product.stop());

const search = (query: string, token?: string) =>
  product.get(`/api/v1/transactions?${query}`, token === undefined ? {} : { token });

describe('Search the journal', () => {
  it('TRX-18 TRX-22 lists the transactions newest first with one column per filter', async () => {
    const { status, body } = await search(PERIOD);
    expect(status).toBe(200);
    expect(body.items).toHaveLength(TRADE.length);
    expect(body.nextCursor).toBeNull();
    expect(body.items.at(-1)).toMatchObject({
      transactionId: idOf(0xf1),
      createdAt: '2026-11-20T22:30:15.500Z',
      transactionNumber: '00000000f1',
      type: 'DEBIT',
      status: 'ACCEPTED',
      acquirerStatus: 'SENT',
      initialAmount: { minor: 1200, currency: 'JPY' },
      wallet: null,
      paymentMeans: 'CB',
      shopId: SHOPS[3],
      remittanceNumber: '1234567-1',
      contractNumber: '1234567',
      cardholderEmail: 'Zoé@exemple.fr',
      currency: 'JPY',
      guarantee3ds: 'N/A',
      clientCountry: 'FR',
      cardCountry: 'FR',
    });
  });

  it('TRX-02 TRX-04 cumulates filters and takes several values of one as alternatives', async () => {
    const refunds = await search(`${PERIOD}&type=REFUND&status=ACCEPTED&status=REFUSED`);
    expect(refunds.body.items.map((one: { status: string }) => one.status).sort()).toEqual([
      'ACCEPTED',
      'REFUSED',
    ]);
    const yen = await search(
      `${PERIOD}&currency=JPY&amount=gte:1200:JPY&cardholderEmail=ZOÉ@exemple.fr`,
    );
    expect(yen.body.items).toHaveLength(1);
  });

  it('tells number and sums per currency when asked', async () => {
    const { body } = await search(`${PERIOD}&paymentMeans=CB&status=ACCEPTED&withTotals=true`);
    expect(body.totals).toMatchObject({
      count: 5,
      currencies: [
        { currency: 'EUR', count: 4, initialAmount: eur(12_700) },
        { currency: 'JPY', count: 1 },
      ],
    });
  });

  it('pages by cursor, which belongs to its search', async () => {
    const first = await search(`${PERIOD}&limit=5`);
    const second = await search(`${PERIOD}&limit=500&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items]).toHaveLength(TRADE.length);
    const other = await search(`${PERIOD}&type=DEBIT&cursor=${first.body.nextCursor}`);
    expect(other.body).toMatchObject({
      type: '/problems/cursor-of-another-search',
      errors: [{ pointer: 'query/cursor' }],
    });
  });

  it.each([
    ['TRX-03', 'to=2026-11-22', 400, 'period-missing', 'from'],
    ['TRX-03', 'from=2026-11-22', 400, 'period-missing', 'to'],
    ['TRX-03', 'from=2026-11-22&to=2026-11-21', 422, 'period-reversed', 'from'],
    ['TRX-03', 'from=22/11/2026&to=2026-11-22', 400, 'period-malformed', 'from'],
    ['TRX-03', 'from=2026-02-30&to=2026-11-22', 400, 'period-malformed', 'from'],
    ['GEN-09', 'from=2025-10-21&to=2026-11-22', 422, 'period-too-old', 'from'],
    ['TRX-09', `${PERIOD}&status=DONE`, 400, 'unknown-filter-value', 'status'],
    ['TRX-16', `${PERIOD}&currency=XXQ`, 400, 'unknown-filter-value', 'currency'],
    ['TRX-14', `${PERIOD}&shopId=1`, 400, 'unknown-filter-value', 'shopId'],
    ['TRX-11', `${PERIOD}&amount=about:12`, 400, 'invalid-amount-filter', 'amount'],
    ['TRX-02', `${PERIOD}&colour=red`, 400, 'unknown-filter', 'colour'],
    ['TRX-22', `${PERIOD}&sort=status`, 400, 'not-sortable', 'sort'],
    ['TRX-22', `${PERIOD}&limit=501`, 400, 'invalid-limit', 'limit'],
    ['TRX-22', `${PERIOD}&cursor=abc`, 400, 'invalid-cursor', 'cursor'],
  ])('%s refuses %s with its own problem', async (_id, query, status, code, parameter) => {
    const answer = await search(query);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `/problems/${code}`,
      errors: [{ pointer: `query/${parameter}`, detail: expect.any(String) }],
    });
  });

  it('GEN-09 goes back exactly as many months as the brand keeps', async () => {
    expect((await search('from=2025-10-22&to=2026-11-22')).status).toBe(200);
  });

  it('shows a caller only what lies at or below the node of the token', async () => {
    const token = await product.tokenAt(OTHER_BRAND);
    const { body } = await search(PERIOD, token);
    expect(body.items.map((one: { transactionId: string }) => one.transactionId)).toEqual([
      FOREIGN,
    ]);
    const foreignNode = await search(`${PERIOD}&nodeId=${BRAND}`, token);
    const missingNode = await search(`${PERIOD}&nodeId=${idOf(0xdead)}`, token);
    expect(foreignNode.status).toBe(404);
    expect({ ...missingNode.body, instance: null }).toEqual({
      ...foreignNode.body,
      instance: null,
    });
    const foreignShop = await search(`${PERIOD}&shopId=${SHOPS[0]}`, token);
    expect(foreignShop.body.code).toBe('unknown-filter-value');
    const own = await search(`${PERIOD}&nodeId=${OTHER_SHOP}`, token);
    expect(own.body.items).toHaveLength(1);
  });

  it('D16 waits for the position a command told', async () => {
    const sketch = { ...WORKED_DAY[4]!, id: idOf(0xf7), shopId: OTHER_SHOP };
    await record(sketch);
    const position = await product.service.platform.store.lastPosition();
    const { body } = await product.get(`/api/v1/transactions?${PERIOD}&nodeId=${OTHER_SHOP}`, {
      headers: { 'ledger-position': String(position) },
    });
    expect(body.items).toHaveLength(2);
  });
});

describe('Show a transaction', () => {
  it('TRX-31 TRX-33 TRX-34 TRX-42 shows its fields and amounts', async () => {
    const { status, body } = await product.get(`/api/v1/transactions/${WORKED_DAY[3]!.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      initialAmount: eur(15_000),
      currentAmount: eur(10_000),
      debitedAmount: eur(10_000),
      refundable: eur(0),
      authorizationNumber: '123456',
      remittanceDate: '2026-11-22',
      remittanceNumber: null,
      acquirer: 'BANQUE',
      issuer: 'BANQUE ÉMETTRICE',
      cardType: 'CREDIT',
      cardExpiry: '12/28',
      cardCountry: 'FR',
      clientCountry: 'FR',
      refusalReason: null,
      responseCode: '00',
      guarantee3ds: 'N/A',
      refunds: [],
    });
  });

  it('TRX-44 tells its history action by action', async () => {
    const { body } = await product.get(`/api/v1/transactions/${WORKED_DAY[0]!.id}/history`);
    expect(body.items).toEqual([
      {
        at: WORKED_DAY[0]!.at,
        action: 'AUTHORIZATION',
        label: 'Demande d’autorisation',
        amount: eur(5500),
        userName: 'camille.durand',
        userLogin: 'camille.durand',
      },
      expect.objectContaining({ action: 'CREATION', label: 'Création', amount: eur(5500) }),
      expect.objectContaining({
        action: 'SENDING',
        label: 'Remise en banque',
        userName: 'Système',
        userLogin: null,
      }),
    ]);
  });

  it('tells a foreign transaction from a missing one to nobody', async () => {
    const token = await product.tokenAt(BRAND);
    const ask = async (id: string, rest = '') => {
      const { status, body } = await product.get(`/api/v1/transactions/${id}${rest}`, { token });
      return { status, body: { ...body, instance: null } };
    };
    const missing = await ask(idOf(0xdead));
    expect(missing.status).toBe(404);
    expect(await ask(FOREIGN)).toEqual(missing);
    expect(await ask('not-an-id')).toEqual(missing);
    expect(await ask(FOREIGN, '/history')).toEqual(missing);
  });
});

describe('Figures over HTTP', () => {
  const dashboard = (query: string) => product.get(`/api/v1/statistics/dashboard?${query}`);
  const curve = (query: string) => product.get(`/api/v1/statistics/curve?${query}`);

  it('STAT-01 STAT-08 sums up the last 30 days of a node by default', async () => {
    const { status, body } = await dashboard(`nodeId=${SHOPS[0]}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      nodeId: SHOPS[0],
      from: '2026-10-23T22:00:00.000Z',
      to: '2026-11-22T23:00:00.000Z',
      currencies: [
        {
          currency: 'EUR',
          all: { count: 4, amount: eur(17_833), maximum: eur(10_000), averageBasket: eur(6278) },
        },
      ],
    });
  });

  it('STAT-14 shows euros first', async () => {
    const { body } = await dashboard(`${PERIOD}&nodeId=${BRAND}`);
    expect(body.currencies.map((one: { currency: string }) => one.currency)).toEqual([
      'EUR',
      'JPY',
    ]);
  });

  it('STAT-02 STAT-04 draws turnover by day from the first date that has a transaction', async () => {
    const { body } = await curve(`${PERIOD}&nodeId=${BRAND}&currency=EUR&breakdown=paymentMeans`);
    const series = body.currencies[0].series;
    expect(series.map((one: { paymentMeans: string }) => one.paymentMeans)).toEqual([
      'CB',
      'PAYPAL',
      'VISA',
    ]);
    expect(series[2].points).toEqual([
      { at: '2026-11-22', value: 13_333, count: 2, turnover: eur(13_333) },
    ]);
  });

  it('STAT-13 lowers a past day when its transaction is cancelled later, and only that day', async () => {
    const cancelled = {
      ...WORKED_DAY[1]!,
      id: idOf(0xfa),
      shopId: SHOPS[2],
      type: 'DEBIT',
    } as const;
    const at = instant('2026-11-18T10:00:00.000Z');
    await record({ ...cancelled, at });
    await product.settled();
    const days = async () => {
      const { body } = await curve(`from=2026-11-18&to=2026-11-20&nodeId=${SHOPS[2]}`);
      return body.currencies[0].series[0].points.map((point: { value: number }) => point.value);
    };
    expect(await days()).toEqual([1000, 0, 0]);
    await append(transactionStream.category, cancelled.id, {
      type: 'TransactionCancelled',
      data: {
        transactionId: cancelled.id,
        operationId: idOf(1),
        amount: eur(1000),
        cancelledAt: instant('2026-11-20T10:00:00.000Z'),
        businessDay: '2026-11-20',
      },
    });
    await product.settled();
    expect(await days()).toEqual([0, 0, 0]);
  });

  it('refuses an unknown step by its name', async () => {
    const { body } = await curve(`${PERIOD}&step=year`);
    expect(body).toMatchObject({
      code: 'unknown-filter-value',
      errors: [{ pointer: 'query/step' }],
    });
  });
});

describe('Export the journal', () => {
  const exported = (query: string) => product.get(`/api/v1/transactions/export?${query}`);
  const yen = `${PERIOD}&currency=JPY`;

  it('TRX-23 TRX-25 TRX-28 writes csv with a French header, decimals and Paris times', async () => {
    const { status, text, headers } = await exported(yen);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toContain('transactions-2026-11-22.csv');
    const [header, row, ...more] = parse(text, { delimiter: ';' });
    expect(header?.slice(0, 6).join(';')).toBe(
      'Date & Heure;Numéro de transaction;Montant;Wallet;Moyen de paiement;Magasin',
    );
    expect(more).toEqual([]);
    expect(row).toEqual([
      '20/11/2026 23:30:15',
      '00000000f1',
      '1200',
      '',
      'CB',
      'SHOP',
      '1234567-1',
      `'=1+1;"x"\n2`,
      'Débit',
      'Acceptée',
      'Envoyée',
      '1234567',
      'Zoé@exemple.fr',
      'JPY',
      'N/A',
      'FR',
      'FR',
    ]);
  });

  it('TRX-24 TRX-25 writes txt in English with the columns asked for, in their order', async () => {
    const { text } = await exported(
      `${PERIOD}&nodeId=${OTHER_SHOP}&status=ACCEPTED&format=txt&language=en&columns=status,initialAmount,cardExpiry`,
    );
    expect(text).toBe('Transaction status\tAmount\tCard expiry\nAccepted\t55.00\t12/28\n');
  });

  it('TRX-24 writes xml, one element per row', async () => {
    const { text } = await exported(`${yen}&format=xml&columns=orderReference,initialAmount`);
    const content = new XMLParser().parse(text);
    expect(content.transactions.transaction).toEqual({
      orderReference: '=1+1;"x"\n2',
      initialAmount: 1200,
    });
  });

  it('TRX-24 writes xlsx with texts as texts and amounts as numbers', async () => {
    const response = await fetch(
      `${product.url}/api/v1/transactions/export?${yen}&format=xlsx&columns=orderReference,initialAmount`,
      { headers: { authorization: `Bearer ${product.token}` } },
    );
    const content = Readable.from([Buffer.from(await response.arrayBuffer())]);
    const rows: unknown[] = [];
    for await (const sheet of new spreadsheets.xlsx.WorkbookReader(content, {}))
      for await (const row of sheet) rows.push((row.values as unknown[]).slice(1));
    expect(rows).toEqual([
      ['Référence commande', 'Montant'],
      ['=1+1;"x"\n2', 1200],
    ]);
  });

  it('P3 exports as many rows as the search finds', async () => {
    const { body } = await product.get(`/api/v1/transactions/totals?${PERIOD}`);
    const { text } = await exported(`${PERIOD}&columns=transactionNumber`);
    expect(text.trimEnd().split('\n')).toHaveLength(Number(body.count) + 1);
  });

  it('refuses a column it does not have by its name', async () => {
    const { status, body } = await exported(`${PERIOD}&columns=colour`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'unknown-column', errors: [{ pointer: 'query/columns' }] });
  });
});

describe('Remittances', () => {
  const CARD_REMITTANCE = idOf(0xac);
  const opening = {
    remittanceId: REMITTANCE,
    number: '1234567-1',
    environment: 'TEST',
    shopId: SHOPS[0],
    contractId: idOf(0xc1),
    contractNumber: '1234567',
    rank: '001',
    paymentMeans: 'VISA',
    currency: 'EUR',
    acquirer: 'BANQUE',
    trigger: 'telecollection',
    cutOff: '2026-11-21',
    sendingId: null,
    openedAt: '2026-11-21T22:00:00.000Z',
  };
  const built = (remittanceId: string, debits: readonly number[], credits: readonly number[]) => {
    const total = (amounts: readonly number[]) => amounts.reduce((sum, one) => sum + one, 0);
    return {
      type: 'RemittanceBuilt',
      data: {
        remittanceId,
        debits: { count: debits.length, amount: eur(total(debits)) },
        credits: { count: credits.length, amount: eur(total(credits)) },
        refunds: { count: 0, amount: eur(0) },
        total: eur(total(debits) - total(credits)),
        lineCount: debits.length + credits.length,
        linesDigest: 'd1',
        builtAt: opening.openedAt,
        businessDay: '2026-11-21',
      },
    };
  };
  const add = (remittanceId: string, ...events: readonly DomainEvent[]) =>
    events.reduce(
      (before, event) => before.then(() => append(REMITTANCE_CATEGORY, remittanceId, event)),
      Promise.resolve(),
    );

  beforeAll(async () => {
    const sent = {
      type: 'RemittanceSent',
      data: {
        remittanceId: REMITTANCE,
        attempt: 1,
        files: [{ name: '1234567-1.csv', format: 'csv', bytes: 10, sha256: 'ab' }],
        sentAt: '2026-11-21T22:01:00.000Z',
        businessDay: '2026-11-21',
      },
    };
    const opened = { type: 'RemittanceOpened', data: opening };
    await add(REMITTANCE, opened, built(REMITTANCE, [10_000, 2000], [2000]), sent);
    const cards = { ...opening, remittanceId: CARD_REMITTANCE, number: '7654321-1' };
    const ofCards = { ...cards, contractNumber: '7654321', rank: '002', paymentMeans: 'CB' };
    await add(
      CARD_REMITTANCE,
      { type: 'RemittanceOpened', data: ofCards },
      built(CARD_REMITTANCE, [], [1000]),
    );
    const given = { ...opening, remittanceId: idOf(0xad), number: '1234567-2' };
    await add(
      idOf(0xad),
      { type: 'RemittanceOpened', data: given },
      {
        type: 'RemittanceAbandoned',
        data: { remittanceId: idOf(0xad), abandonedAt: opening.openedAt },
      },
    );
    await product.settled();
  });

  const list = (query: string) => product.get(`/api/v1/remittances?${PERIOD}&${query}`);
  const numbers = async (query: string) =>
    (await list(query)).body.items.map((one: { remittanceNumber: string }) => one.remittanceNumber);

  it('REM-08 REM-09 lists what was built, with its counts and amounts', async () => {
    const { status, body } = await list('contractNumber=1234567');
    expect(status).toBe(200);
    expect(body.items).toEqual([
      expect.objectContaining({
        createdAt: '2026-11-21T22:00:00.000Z',
        remittanceNumber: '1234567-1',
        creditCount: 1,
        creditAmount: eur(2000),
        debitCount: 2,
        debitAmount: eur(12_000),
        transactionCount: 3,
        totalAmount: eur(10_000),
        currency: 'EUR',
        contractNumber: '1234567',
        rank: '001',
        paymentMeans: 'VISA',
        status: 'SENT',
      }),
    ]);
  });

  it.each([
    ['', ['7654321-1', '1234567-1']],
    ['totalAmount=lte:-1', ['7654321-1']],
    ['totalAmount=10000', ['1234567-1']],
    ['totalAmount=ne:10000', ['7654321-1']],
    ['contractNumber=7654321', ['7654321-1']],
    ['rank=001', ['1234567-1']],
    ['remittanceNumber=1234567-1', ['1234567-1']],
    ['status=TO_SEND', ['7654321-1']],
    ['status=SENT&status=ACCEPTED', ['1234567-1']],
    ['paymentMeans=CB', ['7654321-1']],
  ])('REM-06 REM-07 finds by « %s »', async (query, found) => {
    expect((await numbers(query)).sort()).toEqual([...found].sort());
  });

  it('REM-05 needs its two dates, within the history', async () => {
    const old = await product.get('/api/v1/remittances?from=2025-10-21&to=2026-11-22');
    expect(old.body.code).toBe('period-too-old');
    const none = await product.get('/api/v1/remittances');
    expect(none.body.code).toBe('period-missing');
  });

  it('REM-11 shows a remittance and lists its transactions', async () => {
    const { body } = await product.get(`/api/v1/remittances/${REMITTANCE}`);
    expect(body).toMatchObject({
      attempt: 1,
      files: [{ name: '1234567-1.csv' }],
      linesDigest: 'd1',
    });
    const inside = await product.get(`/api/v1/remittances/${REMITTANCE}/transactions?limit=2`);
    expect(inside.body.items).toHaveLength(2);
    const rest = await product.get(
      `/api/v1/remittances/${REMITTANCE}/transactions?cursor=${inside.body.nextCursor}`,
    );
    const sent = TRADE.filter(({ acquirerStatus }) => acquirerStatus === 'SENT');
    expect([...inside.body.items, ...rest.body.items]).toHaveLength(sent.length);
  });

  it('tells a foreign remittance from a missing one to nobody', async () => {
    const token = await product.tokenAt(OTHER_BRAND);
    const ask = async (id: string) => {
      const { status, body } = await product.get(`/api/v1/remittances/${id}`, { token });
      return { status, body: { ...body, instance: null } };
    };
    expect(await ask(REMITTANCE)).toEqual(await ask(idOf(0xdead)));
  });

  it('REM-12 exports them, negative totals as they are', async () => {
    const { text } = await product.get(
      `/api/v1/remittances/export?${PERIOD}&paymentMeans=CB&columns=remittanceNumber,totalAmount,status`,
    );
    expect(text).toBe('Numéro de remise;Montant total;Statut remise\n7654321-1;-10.00;A envoyer\n');
  });
});
