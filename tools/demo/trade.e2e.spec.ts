import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AcquirerSimulatorModule } from '@encaisse/acquirer-simulator/feature';
import { EventsModule } from '@encaisse/audit/feature';
import { AuthorizationModule } from '@encaisse/authorization/feature';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { RemittanceModule } from '@encaisse/remittance/feature';
import { createTestDatabase, freePort, Product, type TestDatabase } from '@encaisse/testing';
import { HAND_MADE_TRADE } from './fixtures/hand-made-trade';
import { type Exchange, SpoilingProxy } from './fixtures/spoiling-proxy';
import type { LoggedEvent } from './fold-events';
import { DrivenProduct } from './product/driven-product';
import { ProductProcess } from './product/product-process';
import { readLog } from './product/read-events';
import { demonstrateMonth } from './month/month-demo';
import { demonstrateTrade } from './trade/trade-demo';

const MODULES = [
  AcquirerSimulatorModule,
  MerchantOnboardingModule,
  AuthorizationModule,
  CashdeskModule,
  RemittanceModule,
  BackofficeModule,
  EventsModule,
];
const AGREED = 'Les trois calculs concordent, au centime.';
const CDNOW = join(process.cwd(), '..', 'shared', 'data', 'cdnow-sample.csv');
const MINUTES = 60_000;

function teller() {
  const lines: string[] = [];
  return { lines, say: (line: string) => void lines.push(line), isStopping: () => false };
}

describe('Replay a trade', () => {
  let product: Product;
  let driven: DrivenProduct;

  beforeAll(async () => {
    product = await Product.start(MODULES, { ACQUIRER_TIMEOUT_MS: '500' });
    driven = await drive(Number(new URL(product.url).port));
  });
  afterAll(async () => {
    await driven.release();
    await product.stop();
  });

  const drive = (port: number) =>
    DrivenProduct.find({ port, dataDir: '', token: product.token }, () => undefined);
  const run = async (one: DrivenProduct, csvText: string, limitDays?: number) => {
    const { lines, ...rest } = teller();
    return { lines, agrees: await demonstrateTrade({ ...rest, product: one, csvText, limitDays }) };
  };
  /** All but the acquirer's answers to remittance files, which come when they come. */
  const recorded = async () => {
    const events = await product.store.readAll({ after: 0, limit: 100_000 });
    return events.filter(({ streamId }) => !streamId.startsWith('remittance.')).length;
  };

  it(
    'does what every rule says, and three calculations agree to the cent',
    async () => {
      const { lines, agrees } = await run(driven, HAND_MADE_TRADE);
      expect({ agrees, last: lines.at(-1) }).toEqual({ agrees: true, last: AGREED });
      expect(lines).toContainEqual(expect.stringContaining('1 ligne(s) à 0,00 laissée(s) de côté'));
      expect(lines.join('\n')).toMatch(/DEBIT ACCEPTED SENT +59 +59 +59 +=/);
    },
    5 * MINUTES,
  );

  it('pays each row at its own instant', async () => {
    const { events } = await readLog(driven.api);
    const requested = events.filter(({ type }) => type === 'PaymentRequested');
    const times = requested
      .slice(0, 9)
      .map(({ data }) => String(data['requestedAt']).slice(11, 19));
    const isSummer = Number(String(requested[0]?.data['requestedAt']).slice(11, 13)) === 7;
    const hour = isSummer ? '07' : '08';
    expect(times).toEqual(
      ['00:00', '00:30', '01:30', '02:00', '02:30', '03:00', '03:30', '04:00', '04:30'].map(
        (time) => `${hour}:${time}`,
      ),
    );
  });

  it('releases the clock at its end', async () => {
    expect((await product.get('/dev/clock')).body).toMatchObject({ isSet: false });
  });

  it('adds nothing when it is run again', async () => {
    const before = await recorded();
    const { lines, agrees } = await run(driven, HAND_MADE_TRADE);
    expect(agrees).toBe(true);
    expect(lines).toContain('Tout est déjà fait : rien n’est ajouté.');
    expect(await recorded()).toBe(before);
  });

  it(
    'ends by a difference when one event is missing from what it reads',
    async () => {
      let isDropped = false;
      const proxy = await SpoilingProxy.start(Number(new URL(product.url).port), {
        rewrite: ({ path }, body) => {
          if (!path.startsWith('/api/v1/events?after=0')) return body;
          const page = JSON.parse(body) as { items: LoggedEvent[] };
          const index = page.items.findIndex(({ type }) => type === 'TransactionSentToBank');
          page.items.splice(index, 1);
          isDropped = index >= 0;
          return JSON.stringify(page);
        },
      });
      const spoiled = await drive(proxy.port);
      const { lines, agrees } = await run(spoiled, HAND_MADE_TRADE);
      await spoiled.release();
      await proxy.stop();
      expect({ isDropped, agrees }).toEqual({ isDropped: true, agrees: false });
      expect(lines.at(-1)).toContain('Les trois calculs ne concordent pas');
      expect(lines.at(-1)).toMatch(
        /toutes, DEBIT ACCEPTED SENT : API 59 ; événements 58 ; fichier 59/,
      );
    },
    5 * MINUTES,
  );

  it(
    'ends by a difference when the file says otherwise',
    async () => {
      const more = HAND_MADE_TRADE.replace('0070,1997-01-12,1,60.00', '0070,1997-01-12,1,60.01');
      const { lines, agrees } = await run(driven, more);
      expect(agrees).toBe(false);
      expect(lines.join('\n')).toMatch(/Chiffre d’affaires : API .* ; événements .* ; fichier/);
    },
    5 * MINUTES,
  );
});

const cdnow = existsSync(CDNOW) ? describe : describe.skip;
cdnow('Replay the CDNOW sample (needs ../shared/data/cdnow-sample.csv)', () => {
  it(
    'agrees to the cent after its first 40 days',
    async () => {
      const product = await Product.start(MODULES, { ACQUIRER_TIMEOUT_MS: '500' });
      const port = Number(new URL(product.url).port);
      const driven = await DrivenProduct.find(
        { port, dataDir: '', token: product.token },
        () => undefined,
      );
      const { lines, ...rest } = teller();
      const csvText = readFileSync(CDNOW, 'utf8');
      const agrees = await demonstrateTrade({ ...rest, product: driven, csvText, limitDays: 40 });
      await driven.release();
      await product.stop();
      expect({ agrees, last: lines.at(-1) }).toEqual({ agrees: true, last: AGREED });
    },
    10 * MINUTES,
  );
});

describe('Kill the product in the middle of a replay', () => {
  let database: TestDatabase;
  let dataDir: string;
  let port: number;
  let settings: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = mkdtempSync(join(tmpdir(), 'encaisse-demo-'));
    port = await freePort();
    settings = {
      DATABASE_URL: database.url,
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
      LOG_LEVEL: 'error',
    };
  });
  afterAll(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** Runs the demonstration through a proxy that kills -9 the product at the n-th exchange of a kind. */
  async function runAndKill(
    acknowledged: Set<string>,
    isTheOne: (exchange: Exchange) => boolean,
  ): Promise<unknown> {
    const child = await ProductProcess.start({
      ...settings,
      PORT: String(port),
      DATA_DIR: dataDir,
      ACQUIRER_TIMEOUT_MS: '500',
    });
    const proxy = await SpoilingProxy.start(port, {
      onRequest: (exchange) => {
        if (isTheOne(exchange) && child.pid !== undefined && !child.hasEnded)
          process.kill(child.pid, 'SIGKILL');
      },
      onAnswer: ({ path }, status, body) => {
        if (path === '/api/v1/payments' && status === 201)
          acknowledged.add((JSON.parse(body) as { transactionId: string }).transactionId);
      },
    });
    const driven = await DrivenProduct.find(
      { port: proxy.port, dataDir, token: child.token },
      () => undefined,
    );
    const { lines, ...rest } = teller();
    const outcome = await demonstrateTrade({
      ...rest,
      product: driven,
      csvText: HAND_MADE_TRADE,
    }).then(
      (agrees) => ({ agrees, last: lines.at(-1), events: readLog(driven.api) }),
      (error: unknown) => error,
    );
    const log =
      outcome instanceof Error ? null : await (outcome as { events: Promise<unknown> }).events;
    await driven.release();
    await proxy.stop();
    await child.stop();
    return outcome instanceof Error ? outcome : { ...(outcome as object), log };
  }

  function nth(count: number, isOfKind: (exchange: Exchange) => boolean) {
    let seen = 0;
    return (exchange: Exchange) => isOfKind(exchange) && (seen += 1) === count;
  }
  const isPayment = ({ path }: Exchange) => path === '/api/v1/payments';
  const isEvening = ({ path, requestBody }: Exchange) =>
    path === '/dev/clock' && /T2[12]:00:00/.test(requestBody);

  it(
    'says so, resumes, and holds every acknowledged payment once',
    async () => {
      const acknowledged = new Set<string>();
      const gone = { exitCode: 2, message: expect.stringContaining('ne répond plus') };
      expect(await runAndKill(acknowledged, nth(5, isPayment))).toMatchObject(gone);
      expect(acknowledged.size).toBe(4);
      expect(await runAndKill(acknowledged, nth(3, isEvening))).toMatchObject(gone);
      expect(await runAndKill(acknowledged, nth(20, isPayment))).toMatchObject(gone);

      const end = await runAndKill(acknowledged, () => false);
      expect(end).toMatchObject({ agrees: true, last: AGREED });
      const { events } = (end as { log: { events: LoggedEvent[] } }).log;
      const requested = events.filter(({ type }) => type === 'PaymentRequested');
      const ids = requested.map(({ data }) => String(data['transactionId']));
      expect(new Set(ids).size).toBe(ids.length);
      expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
      const accepted = events.filter(({ type }) => type === 'PaymentAccepted');
      expect(accepted).toHaveLength(61);
    },
    4 * MINUTES,
  );
});

describe('Start the product for the demonstration', () => {
  it(
    'starts it again when it dies, and loads the month once',
    async () => {
      const database = await createTestDatabase();
      const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-demo-'));
      const settings = {
        DATABASE_URL: database.url,
        ACQUIRER_SIMULATOR_PORT: String(await freePort()),
        SMTP_SINK_PORT: String(await freePort()),
      };
      const { lines, say, isStopping } = teller();
      const driven = await DrivenProduct.find(
        { port: await freePort(), dataDir, settings },
        (line) => {
          say(line);
        },
      );
      let isKilled = false;
      const killOnce = (line: string) => {
        say(line);
        if (isKilled || !line.startsWith('Commerce 3') || driven.processId === undefined) return;
        isKilled = true;
        process.kill(driven.processId, 'SIGKILL');
      };
      const month = { product: driven, dayCount: 4, isStopping };
      await demonstrateMonth({ ...month, say: killOnce });
      // The acquirer's answers to the remittance files may still come in: they are not the demo's.
      const added = async () =>
        (await readLog(driven.api)).events.filter(({ streamId }) =>
          /^(?:ledger|onboarding)[.]/.test(streamId),
        );
      const before = await added();
      await demonstrateMonth({ ...month, say });
      expect(await added()).toEqual(before);
      await driven.release();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
      expect(lines.filter((line) => line.startsWith('Le produit s’est arrêté'))).toHaveLength(1);
      expect(lines).toContain('Le mois est déjà chargé : rien n’est ajouté.');
    },
    4 * MINUTES,
  );

  it(
    'is one command, which exits 0 when the calculations agree',
    async () => {
      const database = await createTestDatabase();
      const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-demo-'));
      const file = join(dataDir, 'trade.csv');
      writeFileSync(file, HAND_MADE_TRADE);
      const command = spawn(
        process.execPath,
        ['tools/bin/run.js', 'tools/demo/main', '--trade', file, '--limit-days', '2'],
        {
          env: {
            ...process.env,
            NODE_ENV: 'development',
            PORT: String(await freePort()),
            ACQUIRER_SIMULATOR_PORT: String(await freePort()),
            SMTP_SINK_PORT: String(await freePort()),
            DATABASE_URL: database.url,
            DATA_DIR: dataDir,
          },
        },
      );
      let said = '';
      command.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      command.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const exitCode = await new Promise((resolve) => command.once('exit', resolve));
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
      expect({ exitCode, said }).toEqual({ exitCode: 0, said: expect.stringContaining(AGREED) });
    },
    2 * MINUTES,
  );
});
