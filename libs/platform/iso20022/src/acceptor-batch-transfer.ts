import { type Currency, type Instant, type Money, toDecimal } from '@encaisse/kernel';
import { atMost, element } from './xml-writing';

/** The ISO 20022 message a remittance is sent in: AcceptorBatchTransferV13. */
export const BATCH_TRANSFER_MESSAGE = 'caaa.011.001.13';

/** A sum per kind of line (TransactionTotals12). */
export type BatchTotal = {
  /**
   * DEBT: debits; CRDT: refunds; DBTR: debits taken back, that is cancellations
   * (TypeTransactionTotals2Code).
   */
  readonly type: 'DEBT' | 'CRDT' | 'DBTR';
  readonly count: number;
  /** Positive. */
  readonly amount: Money;
};

/** A batch of one contract: one message with one data set. */
export type BatchTransfer = {
  /** Number of the exchange, from 1 (Hdr/XchgId). */
  readonly exchangeId: number;
  readonly createdAt: Instant;
  /** The acceptor: its contract number, and TEST or PRODUCTION as short name. */
  readonly acceptor: { readonly id: string; readonly shortName: string; readonly rank: string };
  readonly acquirer: string;
  /** Names the data set for the answer (DataSetId). */
  readonly dataSet: { readonly name: string; readonly version: string };
  readonly currency: Currency;
  readonly totals: readonly BatchTotal[];
};

/** A line of a batch: a completion, reversed when it takes a debit back. */
export type BatchLine = {
  /** Place in the data set, from 1, nine digits at most. */
  readonly sequence: number;
  readonly kind: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  /** Positive. */
  readonly amount: Money;
  readonly transactionNumber: string;
  readonly transactionAt: Instant;
  /** Number of the debit that a refund gives back, null for the others. */
  readonly originalTransactionNumber: string | null;
  readonly orderReference: string;
  readonly archivingReference: string | null;
  readonly authorizationNumber: string | null;
  readonly retrievalReference: string | null;
  /** The card without its number: mask, reference in the vault, brand; null without a card. */
  readonly card: {
    readonly cardId: string;
    readonly maskedNumber: string;
    readonly brand: string;
  } | null;
};

/** The beginning of the message, up to the lines. */
export function batchTransferHead(batch: BatchTransfer): string {
  const { acceptor, acquirer, dataSet, currency, createdAt } = batch;
  const totals = batch.totals.map((total) => totalXml(total)).join('');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${BATCH_TRANSFER_MESSAGE}"><AccptrBtchTrf>` +
    `<Hdr><DwnldTrf>false</DwnldTrf><FrmtVrsn>13.0</FrmtVrsn>` +
    `<XchgId>${batch.exchangeId}</XchgId><CreDtTm>${createdAt}</CreDtTm>` +
    `<InitgPty>${element('Id', atMost(35, acceptor.id))}<Tp>ACCP</Tp>` +
    `${element('ShrtNm', acceptor.shortName)}</InitgPty>` +
    `<RcptPty>${element('Id', atMost(35, acquirer))}<Tp>ACQR</Tp></RcptPty></Hdr>` +
    `<BtchTrf>${totals}<DataSet><DataSetId>${element('Nm', dataSet.name)}<Tp>TXCP</Tp>` +
    `${element('Vrsn', dataSet.version)}<CreDtTm>${createdAt}</CreDtTm></DataSetId>${totals}` +
    `<CmonData><Envt><Mrchnt><Id>${element('Id', atMost(35, acceptor.id))}</Id></Mrchnt>` +
    `<POI><Id>${element('Id', acceptor.rank)}</Id></POI></Envt><Ccy>${currency}</Ccy></CmonData>\n`
  );
}

/** The end of the message, after the lines. */
export const BATCH_TRANSFER_TAIL = '</DataSet></BtchTrf></AccptrBtchTrf></Document>\n';

/** The XML of a sum, as requests and answers both hold it. */
export function totalXml({ type, count, amount }: BatchTotal): string {
  return (
    `<TxTtls><Ccy>${amount.currency}</Ccy><Tp>${type}</Tp><TtlNb>${count}</TtlNb>` +
    `<CmltvAmt>${toDecimal(amount)}</CmltvAmt></TxTtls>`
  );
}

/** One line of the message. */
export function batchTransferLine(line: BatchLine): string {
  return (
    `<Tx><Cmpltn><TxSeqCntr>${line.sequence}</TxSeqCntr>${environmentXml(line)}` +
    `<Tx>${transactionXml(line)}</Tx></Cmpltn></Tx>\n`
  );
}

/**
 * The card number itself has no place in the file: the mask says which card people mean, the vault's
 * reference (the UUID without dashes, as a merchant token takes 35 characters) names it for machines.
 */
function environmentXml({ card }: BatchLine): string {
  if (card === null) return '<Envt/>';
  return (
    `<Envt><Card>${element('MskdPAN', atMost(30, card.maskedNumber))}` +
    `${element('CardBrnd', atMost(35, card.brand))}</Card>` +
    `<MrchntTkn>${element('Tkn', card.cardId.replaceAll('-', ''))}</MrchntTkn></Envt>`
  );
}

function transactionXml(line: BatchLine): string {
  const { kind, amount, transactionAt, transactionNumber, originalTransactionNumber } = line;
  const service = kind === 'REFUND' ? 'RFND' : 'CRDP';
  const identifier = `<TxId><TxDtTm>${transactionAt}</TxDtTm><TxRef>${transactionNumber}</TxRef></TxId>`;
  const isReversal = kind === 'CANCELLATION';
  const original = isReversal ? `<OrgnlTx>${identifier}<TxTp>CRDP</TxTp></OrgnlTx>` : '';
  const authorization =
    line.authorizationNumber === null
      ? ''
      : `<AuthstnRslt><RspnToAuthstn><Rspn>APPR</Rspn></RspnToAuthstn>` +
        `${element('AuthstnCd', atMost(8, line.authorizationNumber))}</AuthstnRslt>`;
  return (
    `<TxTp>${service}</TxTp>${element('SaleRefId', atMost(35, line.archivingReference))}` +
    `${identifier}${original}<TxSucss>true</TxSucss>${isReversal ? '<Rvsl>true</Rvsl>' : ''}` +
    element('InitrTxId', atMost(35, line.retrievalReference)) +
    `<TxDtls><TtlAmt>${toDecimal(amount)}</TtlAmt></TxDtls>${authorization}` +
    element('MrchntRefData', atMost(70, line.orderReference)) +
    (originalTransactionNumber === null
      ? ''
      : element('AddtlTxData', `original transaction ${originalTransactionNumber}`))
  );
}
