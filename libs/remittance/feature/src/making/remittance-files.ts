import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { instant, invariant, minus, money } from '@encaisse/kernel';
import { type DropFileWriter, FileDrop, type WrittenFile } from '@encaisse/platform/file-drop';
import {
  BATCH_TRANSFER_TAIL,
  type BatchLine,
  batchTransferHead,
  batchTransferLine,
  type BatchTotal,
  type BatchTransfer,
} from '@encaisse/platform/iso20022';
import type {
  DeliveredFile,
  RemittanceBuilt,
  RemittanceOpening,
} from '@encaisse/remittance/contract';
import { digestedLine, type Remittance } from '@encaisse/remittance/domain';
import { type Member, RemittanceLines } from '../lines/remittance-lines';
import { pagesAhead } from '../lines/pages-ahead';
import { CSV_HEADER, csvLine } from './remittance-csv';

const PAGE = 5000;
/** Members whose texts are held at once: a text that grows keeps its pieces, and collecting many costs most. */
const WRITTEN_TOGETHER = 200;
/** Where the acquirer takes files from. */
export const OUT = 'out';

type Sendable = Extract<Remittance, { built: unknown }> & {
  readonly built: RemittanceBuilt['data'];
};

/** Writes a remittance's files: the same bytes whenever and however often an attempt is written. */
@Injectable()
export class RemittanceFiles {
  constructor(
    private readonly lines: RemittanceLines,
    private readonly drop: FileDrop,
  ) {}

  async write(remittance: Sendable): Promise<readonly DeliveredFile[]> {
    const name = `${remittance.opening.number}.${remittance.attempt}`;
    const xml = await this.drop.create({ folder: OUT, name: `${name}.caaa011.xml` });
    const csv = await this.drop.create({ folder: OUT, name: `${name}.csv` });
    try {
      await this.writeLines(remittance, xml, csv);
    } catch (error) {
      await xml.discard();
      await csv.discard();
      throw error;
    }
    // The csv first: who waits for the message finds its companion beside it.
    const csvFile = await csv.finish();
    return [delivered(await xml.finish(), 'caaa.011'), delivered(csvFile, 'csv')];
  }

  private async writeLines(remittance: Sendable, xml: DropFileWriter, csv: DropFileWriter) {
    const { opening, built } = remittance;
    const digest = createHash('sha256');
    let sequence = 0;
    await xml.write(batchTransferHead(transferOf(remittance)));
    await csv.write(CSV_HEADER);
    const membersAfter = (after: string, limit: number) =>
      this.lines.members(opening.remittanceId, after, limit);
    for await (const page of pagesAhead(membersAfter, PAGE)) {
      for (let from = 0; from < page.length; from += WRITTEN_TOGETHER) {
        const texts = textsOf(page.slice(from, from + WRITTEN_TOGETHER), sequence, opening);
        sequence = texts.sequence;
        digest.update(texts.digest);
        await xml.write(texts.xml);
        await csv.write(texts.csv);
      }
    }
    await xml.write(BATCH_TRANSFER_TAIL);
    invariant(
      sequence === built.lineCount && digest.digest('hex') === built.linesDigest,
      `the lines of remittance ${opening.number} are no longer those it was built of`,
    );
  }
}

function delivered(file: WrittenFile, format: DeliveredFile['format']): DeliveredFile {
  return { ...file, format };
}

/** What members add to the digest and to the two files, and the number of their last line. */
function textsOf(members: readonly Member[], before: number, opening: RemittanceOpening) {
  const texts = { digest: '', xml: '', csv: '', sequence: before };
  for (const member of members) {
    for (const line of linesOf(member, texts.sequence)) {
      texts.sequence = line.sequence;
      texts.digest += digestedLine({
        transactionId: member.transaction_id,
        kind: line.kind,
        amountMinor: line.amount.minor,
        currency: line.amount.currency,
      });
      texts.xml += batchTransferLine(line);
      texts.csv += csvLine(opening, line);
    }
  }
  return texts;
}

/** A cancelled transaction gives its debit, then the line that takes it back (CASH-13). */
function linesOf(member: Member, before: number): BatchLine[] {
  const kinds =
    member.kind === 'CANCELLATION' ? (['DEBIT', 'CANCELLATION'] as const) : [member.kind];
  return kinds.map((kind, index) => ({
    sequence: before + index + 1,
    kind,
    amount: money(member.amount_minor, member.currency),
    transactionNumber: member.transaction_number,
    transactionAt: instant(member.transaction_at),
    originalTransactionNumber: member.original_transaction_number,
    orderReference: member.order_reference,
    archivingReference: member.archiving_reference,
    authorizationNumber: member.authorization_number,
    retrievalReference: member.retrieval_reference,
    card:
      member.card_id === null || member.masked_number === null
        ? null
        : {
            cardId: member.card_id,
            maskedNumber: member.masked_number,
            brand: member.payment_means,
          },
  }));
}

function transferOf({ opening, built, attempt, filesDatedAt }: Sendable): BatchTransfer {
  const { debits, credits, refunds } = built;
  const cancellations = {
    count: credits.count - refunds.count,
    amount: minus(credits.amount, refunds.amount),
  };
  const totals: BatchTotal[] = [
    { type: 'DEBT', ...debits },
    ...(refunds.count > 0 ? [{ type: 'CRDT', ...refunds } as const] : []),
    ...(cancellations.count > 0 ? [{ type: 'DBTR', ...cancellations } as const] : []),
  ];
  return {
    exchangeId: attempt,
    createdAt: filesDatedAt,
    acceptor: { id: opening.contractNumber, shortName: opening.environment, rank: opening.rank },
    acquirer: opening.acquirer,
    dataSet: { name: opening.number, version: String(attempt) },
    currency: opening.currency,
    totals,
  };
}
