import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, money } from '@encaisse/kernel';
import { ControllableClock } from '@encaisse/platform/clock';
import { FolderFileDrop, readWhole, writeWhole } from '@encaisse/platform/file-drop';
import {
  BATCH_TRANSFER_TAIL,
  batchTransferHead,
  batchTransferLine,
  readBatchResponse,
} from '@encaisse/platform/iso20022';
import { createLogger, Workers } from '@encaisse/platform/runtime';
import { until } from '@encaisse/testing';
import { RemittanceFileTaker } from './remittance-file-taker';

const AT = instant('2017-05-15T21:00:00.000Z');
const SILENT = createLogger('test', 'silent');

let root: string;
let drop: FolderFileDrop;
let taker: RemittanceFileTaker;

const noLeases = {
  hold: () => {
    throw new Error('this worker is not exclusive');
  },
};

const newTaker = () =>
  new RemittanceFileTaker(new Workers(SILENT, noLeases), drop, new ControllableClock(), SILENT);

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'encaisse-drop-'));
  drop = new FolderFileDrop(root);
  taker = newTaker();
  await taker.start();
});
afterEach(async () => {
  await taker.stop();
  rmSync(root, { recursive: true, force: true });
});

async function sendFile(name: string, statedMinor = 11_000): Promise<void> {
  const head = batchTransferHead({
    exchangeId: 1,
    createdAt: AT,
    acceptor: { id: '1234567', shortName: 'TEST', rank: '001' },
    acquirer: 'BNP',
    dataSet: { name, version: '1' },
    currency: 'EUR',
    totals: [{ type: 'DEBT', count: 2, amount: money(statedMinor, 'EUR') }],
  });
  const lines = [1, 2].map((sequence) =>
    batchTransferLine({
      sequence,
      kind: 'DEBIT',
      amount: money(5500, 'EUR'),
      transactionNumber: `000000000${sequence}`,
      transactionAt: AT,
      originalTransactionNumber: null,
      orderReference: `CMD-${sequence}`,
      archivingReference: null,
      authorizationNumber: '123456',
      retrievalReference: null,
      card: null,
    }),
  );
  const text = head + lines.join('') + BATCH_TRANSFER_TAIL;
  await writeWhole(drop, { folder: 'out', name: `${name}.1.caaa011.xml` }, text);
}

async function answerTo(name: string) {
  const file = { folder: 'in', name: `${name}.1.caaa012.xml` };
  await until(async () => (await drop.list('in')).includes(file.name));
  return readBatchResponse(await readWhole(drop, file, 1_000_000))[0];
}

describe('The simulated acquirer', () => {
  it('accepts a remittance file, and answers it once, also after a restart', async () => {
    await sendFile('1234567-1');
    expect(await answerTo('1234567-1')).toMatchObject({ outcome: 'accepted', rejected: [] });
    await drop.move({ folder: 'in', name: '1234567-1.1.caaa012.xml' }, 'in/done');
    await sendFile('1234567-1');
    await taker.stop();
    taker = newTaker();
    await taker.start();
    await sendFile('1234567-2');
    await answerTo('1234567-2');
    await until(() => taker.taken.length > 0);
    expect(readdirSync(join(root, 'in')).sort()).toEqual(['1234567-2.1.caaa012.xml', 'done']);
    expect(taker.taken).toMatchObject([
      { file: '1234567-2.1.caaa011.xml', result: 'APPR', lines: 2 },
    ]);
  });

  it('rejects the next file when asked, and only that one', async () => {
    taker.orders.add({ rejectNextFile: true, reason: 'Non' });
    await sendFile('1234567-1');
    expect(await answerTo('1234567-1')).toMatchObject({ outcome: 'rejected', reason: 'Non' });
    await sendFile('1234567-2');
    expect(await answerTo('1234567-2')).toMatchObject({ outcome: 'accepted' });
  });

  it('rejects the file of a contract when asked', async () => {
    taker.orders.add({ rejectContracts: ['7654321', '1234567'] });
    await sendFile('1234567-1');
    expect(await answerTo('1234567-1')).toMatchObject({ outcome: 'rejected' });
  });

  it.each([{ rejectTransactions: ['0000000002'] }, { rejectOrderReferences: ['CMD-2'] }])(
    'rejects single lines when asked: %p',
    async (orders) => {
      taker.orders.add({ ...orders, reason: 'Carte inconnue' });
      await sendFile('1234567-1');
      expect(await answerTo('1234567-1')).toMatchObject({
        outcome: 'accepted',
        rejected: [{ sequence: 2, transactionNumber: '0000000002', reason: 'Carte inconnue' }],
      });
      await sendFile('1234567-2');
      expect(await answerTo('1234567-2')).toMatchObject({ rejected: [] });
    },
  );

  it('rejects a file whose totals are not those of its lines', async () => {
    await sendFile('1234567-1', 11_001);
    expect(await answerTo('1234567-1')).toMatchObject({ outcome: 'rejected' });
  });
});
