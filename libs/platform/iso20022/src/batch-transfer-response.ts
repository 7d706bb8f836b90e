import type { Instant } from '@encaisse/kernel';
import { type BatchTotal, totalXml } from './acceptor-batch-transfer';
import { atMost, element } from './xml-writing';

/** The ISO 20022 message that answers a batch: AcceptorBatchTransferResponseV12. */
export const BATCH_RESPONSE_MESSAGE = 'caaa.012.001.12';

/** A line that is not taken. */
export type RejectedTransaction = {
  /** Its place in the batch (TxSeqCntr). */
  readonly sequence: number;
  readonly transactionNumber: string;
  /** As the batch gave it. */
  readonly transactionAt: string;
  readonly reason: string | null;
};

/** The answer to one data set. */
export type BatchResponse = {
  readonly exchangeId: number;
  readonly createdAt: Instant | string;
  /** Who sent the batch, and who answers. */
  readonly acceptorId: string;
  readonly acquirerId: string;
  readonly dataSet: {
    readonly name: string;
    readonly version: string | null;
    readonly createdAt: string;
    /** APPR: taken; PART: taken but for some lines; DECL, TECH: not taken (Response9Code). */
    readonly result: 'APPR' | 'PART' | 'DECL' | 'TECH';
    readonly reason: string | null;
    readonly totals: readonly BatchTotal[];
    readonly rejected: readonly RejectedTransaction[];
  };
};

/** The XML of an answer. */
export function batchResponseXml(response: BatchResponse): string {
  const { dataSet, createdAt } = response;
  const totals = dataSet.totals.map((total) => totalXml(total)).join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${BATCH_RESPONSE_MESSAGE}">` +
    `<AccptrBtchTrfRspn><Hdr><DwnldTrf>false</DwnldTrf><FrmtVrsn>12.0</FrmtVrsn>` +
    `<XchgId>${response.exchangeId}</XchgId><CreDtTm>${createdAt}</CreDtTm>` +
    `<InitgPty>${element('Id', atMost(35, response.acceptorId))}<Tp>ACCP</Tp></InitgPty>` +
    `<RcptPty>${element('Id', atMost(35, response.acquirerId))}<Tp>ACQR</Tp></RcptPty></Hdr>` +
    `<BtchTrfRspn>${totals}<DataSet><DataSetId>${element('Nm', dataSet.name)}<Tp>TXCP</Tp>` +
    `${element('Vrsn', dataSet.version)}<CreDtTm>${dataSet.createdAt}</CreDtTm></DataSetId>` +
    `<DataSetRslt><Rspn>${dataSet.result}</Rspn>${element('RspnRsn', atMost(35, dataSet.reason))}` +
    `${element('AddtlRspnInf', atMost(140, dataSet.reason))}</DataSetRslt>` +
    `<RmvDataSet>${dataSet.result === 'APPR' || dataSet.result === 'PART'}</RmvDataSet>${totals}` +
    `${dataSet.rejected.map(rejectedXml).join('')}</DataSet></BtchTrfRspn>` +
    `</AccptrBtchTrfRspn></Document>\n`
  );
}

function rejectedXml({ sequence, transactionNumber, transactionAt, reason }: RejectedTransaction) {
  return (
    `\n<RjctdTx><TxSeqCntr>${sequence}</TxSeqCntr><TxRspn><Rspn>DECL</Rspn>` +
    `${element('RspnRsn', atMost(35, reason))}${element('AddtlRspnInf', atMost(140, reason))}` +
    `</TxRspn><Envt/><Tx><TxId><TxDtTm>${transactionAt}</TxDtTm>` +
    `${element('TxRef', transactionNumber)}</TxId><Rspn>DECL</Rspn></Tx></RjctdTx>`
  );
}
