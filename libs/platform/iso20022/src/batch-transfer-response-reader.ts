import { BATCH_RESPONSE_MESSAGE } from './batch-transfer-response';
import {
  at,
  listOf,
  messageIn,
  neededNumber,
  neededText,
  textOf,
  UnreadableMessage,
  type XmlNode,
} from './xml-reading';

/** What an acquirer answered about one data set. */
export type DataSetAnswer = {
  /** As the batch named it. */
  readonly name: string;
  readonly version: string | null;
  readonly outcome: 'accepted' | 'rejected';
  readonly reason: string | null;
  readonly rejected: readonly {
    readonly sequence: number;
    readonly transactionNumber: string;
    readonly reason: string | null;
  }[];
};

const OUTCOMES: Readonly<Record<string, DataSetAnswer['outcome']>> = {
  APPR: 'accepted',
  PART: 'accepted',
  DECL: 'rejected',
  TECH: 'rejected',
};

/**
 * Reads an answer. Throws UnreadableMessage when it breaks its format, or suspends what it should
 * decide (SUSP): that is no answer yet.
 */
export function readBatchResponse(text: string): readonly DataSetAnswer[] {
  const message = messageIn(text, BATCH_RESPONSE_MESSAGE, 'AccptrBtchTrfRspn');
  const dataSets = listOf(at(message, 'BtchTrfRspn'), 'DataSet');
  if (dataSets.length === 0) throw new UnreadableMessage('DataSet is missing');
  return dataSets.map(answerOf);
}

function answerOf(dataSet: XmlNode): DataSetAnswer {
  const identification = at(dataSet, 'DataSetId');
  const result = at(dataSet, 'DataSetRslt');
  const response = neededText(result, 'Rspn');
  const outcome = OUTCOMES[response];
  if (outcome === undefined) throw new UnreadableMessage(`${response} decides nothing`);
  return {
    name: neededText(identification, 'Nm'),
    version: textOf(identification, 'Vrsn'),
    outcome,
    reason: reasonOf(result),
    rejected: listOf(dataSet, 'RjctdTx').map((rejected) => ({
      sequence: neededNumber(rejected, 'TxSeqCntr'),
      transactionNumber: neededText(at(rejected, 'Tx', 'TxId'), 'TxRef'),
      reason: reasonOf(at(rejected, 'TxRspn')),
    })),
  };
}

/** The longer text when there are both. */
function reasonOf(response: XmlNode | null): string | null {
  return textOf(response, 'AddtlRspnInf') ?? textOf(response, 'RspnRsn');
}
