import { instant, money } from '@encaisse/kernel';
import {
  BATCH_TRANSFER_TAIL,
  type BatchLine,
  batchTransferHead,
  batchTransferLine,
} from './acceptor-batch-transfer';
import { readBatchTransfer } from './batch-transfer-reader';
import { batchResponseXml, type BatchResponse } from './batch-transfer-response';
import { readBatchResponse } from './batch-transfer-response-reader';
import { UnreadableMessage } from './xml-reading';

const AT = instant('2017-05-15T21:00:00.000Z');
const LINE: BatchLine = {
  sequence: 1,
  kind: 'DEBIT',
  amount: money(1250, 'EUR'),
  transactionNumber: '0000000001',
  transactionAt: AT,
  originalTransactionNumber: null,
  orderReference: 'CMD <1> & 2',
  archivingReference: null,
  authorizationNumber: '123456',
  retrievalReference: null,
  card: {
    cardId: '019abd2c-6a00-7000-8000-000000000001',
    maskedNumber: '497010******4271',
    brand: 'CB',
  },
};
const HEAD = batchTransferHead({
  exchangeId: 2,
  createdAt: AT,
  acceptor: { id: '1234567', shortName: 'TEST', rank: '001' },
  acquirer: 'BNP',
  dataSet: { name: '1234567-1', version: '2' },
  currency: 'EUR',
  totals: [{ type: 'DEBT', count: 1, amount: money(1250, 'EUR') }],
});
const MESSAGE = HEAD + batchTransferLine(LINE) + BATCH_TRANSFER_TAIL;

async function* inPieces(text: string, size: number): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += size)
    yield await Promise.resolve(text.slice(at, at + size));
}

describe('A batch transfer (caaa.011)', () => {
  it('is read back line by line, however it is cut', async () => {
    for (const size of [1, 7, 1000, 100_000]) {
      const lines: unknown[] = [];
      const batch = await readBatchTransfer(inPieces(MESSAGE, size), (line) => lines.push(line));
      expect(batch).toEqual({
        exchangeId: 2,
        createdAt: AT,
        acceptorId: '1234567',
        acquirerId: 'BNP',
        dataSet: { name: '1234567-1', version: '2', createdAt: AT },
        currency: 'EUR',
        totals: [{ type: 'DEBT', count: 1, amount: money(1250, 'EUR') }],
        countedTotals: [{ type: 'DEBT', count: 1, amount: money(1250, 'EUR') }],
      });
      expect(lines).toEqual([
        {
          sequence: 1,
          transactionNumber: '0000000001',
          transactionAt: AT,
          amount: '12.50',
          type: 'DEBT',
          orderReference: 'CMD <1> & 2',
        },
      ]);
    }
  });

  it('holds a mask and a reference of the card, and no digits between', () => {
    expect(MESSAGE).toContain('<MskdPAN>497010******4271</MskdPAN>');
    expect(MESSAGE).toContain('<Tkn>019abd2c6a0070008000000000000001</Tkn>');
    expect(MESSAGE).not.toMatch(/<PAN>|PlainCardData/);
  });

  it('writes amounts with the digits of their currency', () => {
    const line = (minor: number, currency: 'JPY' | 'TND') =>
      batchTransferLine({ ...LINE, amount: money(minor, currency) });
    expect(line(700, 'JPY')).toContain('<TtlAmt>700</TtlAmt>');
    expect(line(1, 'TND')).toContain('<TtlAmt>0.001</TtlAmt>');
  });

  it('cuts references to what the schema takes', () => {
    const orderReference = '😀'.repeat(80);
    const text = batchTransferLine({ ...LINE, orderReference });
    expect(text).toContain(`<MrchntRefData>${'😀'.repeat(70)}</MrchntRefData>`);
  });

  it.each([
    ['of another version', MESSAGE.replaceAll('caaa.011.001.13', 'caaa.011.001.12')],
    ['cut short', MESSAGE.slice(0, -20)],
    ['with a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${MESSAGE}`],
    ['without its data set', MESSAGE.replaceAll('DataSet>', 'Other>')],
    ['with more digits than the currency has', MESSAGE.replaceAll('12.50', '12.505')],
    ['with an amount that is none', MESSAGE.replaceAll('<TtlAmt>12.50', '<TtlAmt>-12.50')],
  ])('is refused %s', async (_, text) => {
    await expect(readBatchTransfer(inPieces(text, 64), () => undefined)).rejects.toThrow(
      UnreadableMessage,
    );
  });
});

describe('The answer to a batch (caaa.012)', () => {
  const response = (
    result: BatchResponse['dataSet']['result'],
    rejected: BatchResponse['dataSet']['rejected'] = [],
  ) =>
    batchResponseXml({
      exchangeId: 1,
      createdAt: AT,
      acceptorId: '1234567',
      acquirerId: 'BNP',
      dataSet: {
        name: '1234567-1',
        version: '1',
        createdAt: AT,
        result,
        reason: result === 'DECL' ? 'Totaux faux' : null,
        totals: [{ type: 'DEBT', count: 1, amount: money(1250, 'EUR') }],
        rejected,
      },
    });
  const line = { sequence: 3, transactionNumber: '0000000003', transactionAt: AT, reason: 'Non' };

  it.each([
    ['APPR', 'accepted', null],
    ['PART', 'accepted', null],
    ['DECL', 'rejected', 'Totaux faux'],
    ['TECH', 'rejected', null],
  ] as const)('%s means %s', (result, outcome, reason) => {
    expect(readBatchResponse(response(result))).toEqual([
      { name: '1234567-1', version: '1', outcome, reason, rejected: [] },
    ]);
  });

  it('names the lines that are not taken', () => {
    const [answer] = readBatchResponse(response('PART', [line]));
    expect(answer?.rejected).toEqual([
      { sequence: 3, transactionNumber: '0000000003', reason: 'Non' },
    ]);
  });

  it('is read with a namespace prefix too', () => {
    const text = response('APPR')
      .replace(/<(\/?)(?=[A-Z])/g, '<$1c:')
      .replace('xmlns=', 'xmlns:c=');
    expect(readBatchResponse(text)).toMatchObject([{ outcome: 'accepted' }]);
  });

  it.each([
    ['suspended', response('APPR').replace('<Rspn>APPR', '<Rspn>SUSP')],
    ['without a data set', response('APPR').replaceAll('DataSet>', 'Other>')],
    ['of another message', response('APPR').replace('caaa.012', 'caaa.011')],
    ['not XML', 'accepted'],
    ['empty', ''],
  ])('is refused when it is %s', (_, text) => {
    expect(() => readBatchResponse(text)).toThrow(UnreadableMessage);
  });
});
