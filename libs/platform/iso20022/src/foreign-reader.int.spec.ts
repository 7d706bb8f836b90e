import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { instant, money } from '@encaisse/kernel';
import {
  BATCH_TRANSFER_TAIL,
  type BatchLine,
  batchTransferHead,
  batchTransferLine,
} from './acceptor-batch-transfer';
import { batchResponseXml } from './batch-transfer-response';

const TOOL = resolve(__dirname, '../../../../tools/caaa-check');
const AT = instant('2017-05-15T21:00:00.123Z');

const isThere = (command: string, argument: string) =>
  spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
const hasTools = isThere('mvn', '-version') && isThere('java', '-version');

/** The parser comes from the local Maven repository, from Maven Central the first time. */
function classpath(): string {
  const kept = join(tmpdir(), 'encaisse-caaa-check-classpath.txt');
  const isUsable = (text: string) => text.trim() !== '' && text.split(':').every(existsSync);
  if (existsSync(kept) && isUsable(readFileSync(kept, 'utf8'))) return readFileSync(kept, 'utf8');
  const goal = ['-q', 'dependency:build-classpath', `-Dmdep.outputFile=${kept}`];
  const offline = spawnSync('mvn', ['-o', ...goal], { cwd: TOOL, stdio: 'ignore' });
  if (offline.status !== 0) execFileSync('mvn', goal, { cwd: TOOL, stdio: 'ignore' });
  return readFileSync(kept, 'utf8');
}

function read(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-caaa-'));
  try {
    const file = join(folder, 'message.xml');
    writeFileSync(file, text);
    const source = join(TOOL, 'CaaaCheck.java');
    return execFileSync('java', ['-cp', classpath(), source, file], { encoding: 'utf8' }).trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const line = (sequence: number, rest: Partial<BatchLine> = {}): BatchLine => ({
  sequence,
  kind: 'DEBIT',
  amount: money(5500, 'EUR'),
  transactionNumber: String(sequence).padStart(10, '0'),
  transactionAt: AT,
  originalTransactionNumber: null,
  orderReference: 'Café « Ü » & <fils> "1" \u0001 😀',
  archivingReference: 'ARC-1',
  authorizationNumber: '123456',
  retrievalReference: '713510000001',
  card: {
    cardId: '019abd2c-6a00-7000-8000-000000000001',
    maskedNumber: '497010******4271',
    brand: 'CB',
  },
  ...rest,
});

const TOTALS = [
  { type: 'DEBT', count: 3, amount: money(13_000, 'EUR') },
  { type: 'CRDT', count: 1, amount: money(1001, 'EUR') },
  { type: 'DBTR', count: 1, amount: money(2000, 'EUR') },
] as const;
const DATA_SET = { name: '1234567-42', version: '1' };

const TRANSFER =
  batchTransferHead({
    exchangeId: 1,
    createdAt: AT,
    acceptor: { id: '1234567', shortName: 'TEST', rank: '001' },
    acquirer: 'BNP',
    dataSet: DATA_SET,
    currency: 'EUR',
    totals: TOTALS,
  }) +
  [
    line(1),
    line(2, { card: null, authorizationNumber: null, archivingReference: '' }),
    line(3, { amount: money(2000, 'EUR') }),
    line(4, { kind: 'CANCELLATION', amount: money(2000, 'EUR') }),
    line(5, {
      kind: 'REFUND',
      amount: money(1001, 'EUR'),
      originalTransactionNumber: '0000000001',
      authorizationNumber: null,
      retrievalReference: null,
    }),
  ]
    .map(batchTransferLine)
    .join('') +
  BATCH_TRANSFER_TAIL;

const title = hasTools
  ? 'A parser not written here (Prowide ISO 20022)'
  : 'A parser not written here (skipped: Java and Maven are needed)';

(hasTools ? describe : describe.skip)(title, () => {
  it('REM-01 reads a remittance as caaa.011.001.13, with the sums we state', () => {
    expect(read(TRANSFER)).toBe(
      'message=caaa.011.001.13 dataSet=1234567-42' +
        ' stated={CRDT=1x10.01, DBTR=1x20.00, DEBT=3x130.00} lines=5' +
        ' summed={CRDT=10.01, DBTR=20.00, DEBT=130.00} counted={CRDT=1, DBTR=1, DEBT=3}' +
        ' first=Café « Ü » & <fils> "1" ? 😀',
    );
  }, 180_000);

  it('reads an answer as caaa.012.001.12', () => {
    const response = batchResponseXml({
      exchangeId: 1,
      createdAt: AT,
      acceptorId: '1234567',
      acquirerId: 'BNP',
      dataSet: {
        ...DATA_SET,
        createdAt: AT,
        result: 'PART',
        reason: null,
        totals: TOTALS,
        rejected: [
          { sequence: 2, transactionNumber: '0000000002', transactionAt: AT, reason: 'Inconnue' },
        ],
      },
    });
    expect(read(response)).toBe(
      'message=caaa.012.001.12 dataSet=1234567-42' +
        ' stated={CRDT=1x10.01, DBTR=1x20.00, DEBT=3x130.00} result=PART rejected=1',
    );
  }, 180_000);
});
