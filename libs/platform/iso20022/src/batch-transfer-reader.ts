import { type Money, plus } from '@encaisse/kernel';
import { BATCH_TRANSFER_MESSAGE, type BatchTotal } from './acceptor-batch-transfer';
import {
  at,
  listOf,
  messageIn,
  neededAmount,
  neededCurrency,
  neededNumber,
  neededText,
  parseFragment,
  textOf,
  UnreadableMessage,
  type XmlNode,
} from './xml-reading';

/** A line as the acquirer needs it to answer. */
export type ReadBatchLine = {
  readonly sequence: number;
  readonly transactionNumber: string;
  readonly transactionAt: string;
  /** Decimal text, in the currency of the data set. */
  readonly amount: string;
  readonly type: BatchTotal['type'];
  readonly orderReference: string | null;
};

/** What a batch says besides its lines, and what its lines were found to add up to. */
export type ReadBatchTransfer = {
  readonly exchangeId: number;
  readonly createdAt: string;
  readonly acceptorId: string;
  readonly acquirerId: string | null;
  readonly dataSet: {
    readonly name: string;
    readonly version: string | null;
    readonly createdAt: string;
  };
  readonly currency: string;
  readonly totals: readonly BatchTotal[];
  /** The same sums, made from the lines. */
  readonly countedTotals: readonly BatchTotal[];
};

const OPENING = '<Cmpltn>';
const CLOSING = '</Cmpltn>';

/**
 * Reads a batch line by line, so that its length does not matter; the lines are given to `onLine` in
 * order. Reads what `batchTransferLine` writes: element names without prefix, one data set.
 * Throws UnreadableMessage when the message breaks its format.
 */
export async function readBatchTransfer(
  pieces: AsyncIterable<string>,
  onLine: (line: ReadBatchLine) => void,
): Promise<ReadBatchTransfer> {
  let skeleton = '';
  let rest = '';
  const sums = new Map<BatchTotal['type'], { count: number; amounts: string[] }>();
  for await (const piece of pieces) {
    rest += piece;
    let from = 0;
    for (;;) {
      const opening = rest.indexOf(OPENING, from);
      const closing = opening < 0 ? -1 : rest.indexOf(CLOSING, opening);
      if (closing < 0) break;
      skeleton += rest.slice(from, opening);
      from = closing + CLOSING.length;
      const line = lineOf(parseFragment(rest.slice(opening, from)));
      const sum = sums.get(line.type) ?? { count: 0, amounts: [] };
      sum.count += 1;
      sum.amounts.push(line.amount);
      sums.set(line.type, sum);
      onLine(line);
    }
    rest = rest.slice(from);
  }
  return headOf(skeleton + rest, sums);
}

function lineOf(fragment: XmlNode): ReadBatchLine {
  const completion = at(fragment, 'Cmpltn');
  if (completion === null) throw new UnreadableMessage('Cmpltn is missing');
  const transaction = at(completion, 'Tx');
  const identifier = at(completion, 'Tx', 'TxId');
  const isReversal = textOf(transaction, 'Rvsl') === 'true';
  const service = textOf(transaction, 'TxTp');
  return {
    sequence: neededNumber(completion, 'TxSeqCntr'),
    transactionNumber: neededText(identifier, 'TxRef'),
    transactionAt: neededText(identifier, 'TxDtTm'),
    amount: neededText(at(completion, 'Tx', 'TxDtls'), 'TtlAmt'),
    type: isReversal ? 'DBTR' : service === 'RFND' ? 'CRDT' : 'DEBT',
    orderReference: textOf(transaction, 'MrchntRefData'),
  };
}

function headOf(
  text: string,
  sums: ReadonlyMap<BatchTotal['type'], { count: number; amounts: readonly string[] }>,
): ReadBatchTransfer {
  const message = messageIn(text, BATCH_TRANSFER_MESSAGE, 'AccptrBtchTrf');
  const header = at(message, 'Hdr');
  const [dataSet, ...others] = listOf(at(message, 'BtchTrf'), 'DataSet');
  if (dataSet === undefined || others.length > 0)
    throw new UnreadableMessage('one DataSet is expected');
  const identification = at(dataSet, 'DataSetId');
  const currency = neededCurrency(at(dataSet, 'CmonData'), 'Ccy');
  const add = (left: Money, text: string) =>
    plus(left, neededAmount({ TtlAmt: text }, 'TtlAmt', currency));
  return {
    exchangeId: neededNumber(header, 'XchgId'),
    createdAt: neededText(header, 'CreDtTm'),
    acceptorId: neededText(at(message, 'Hdr', 'InitgPty'), 'Id'),
    acquirerId: textOf(at(message, 'Hdr', 'RcptPty'), 'Id'),
    dataSet: {
      name: neededText(identification, 'Nm'),
      version: textOf(identification, 'Vrsn'),
      createdAt: neededText(identification, 'CreDtTm'),
    },
    currency,
    totals: listOf(dataSet, 'TxTtls').map(totalOf),
    countedTotals: [...sums].map(([type, { count, amounts }]) => ({
      type,
      count,
      amount: amounts.reduce(add, { minor: 0, currency }),
    })),
  };
}

function totalOf(node: XmlNode): BatchTotal {
  const currency = neededCurrency(node, 'Ccy');
  const type = neededText(node, 'Tp');
  if (type !== 'DEBT' && type !== 'CRDT' && type !== 'DBTR')
    throw new UnreadableMessage(`totals of type ${type} are not expected`);
  return {
    type,
    count: neededNumber(node, 'TtlNb'),
    amount: neededAmount(node, 'CmltvAmt', currency),
  };
}
