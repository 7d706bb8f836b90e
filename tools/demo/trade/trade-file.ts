/** One purchase of a trade file, as written. */
export type Purchase = {
  /** Line of the file, the header being line 1. */
  readonly line: number;
  readonly customer: string;
  /** YYYY-MM-DD, as in the file. */
  readonly date: string;
  readonly items: number;
  readonly amountMinor: number;
};

const HEADER = 'customer,date,items,amount_usd';
const ROW = /^(\d{1,9}),(\d{4}-\d{2}-\d{2}),(\d+),(\d{1,9})(?:\.(\d{1,2}))?$/;

/** A file that is no trade; the message names the line. */
export class TradeFileError extends Error {}

/** Reads `customer,date,items,amount_usd`, in file order. Amounts become cents without a float. */
export function readTradeFile(text: string): Purchase[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines[0] !== HEADER) throw new TradeFileError(`ligne 1 : l’en-tête attendu est ${HEADER}`);
  const purchases: Purchase[] = [];
  for (const [index, content] of lines.entries()) {
    if (index === 0 || content === '') continue;
    const line = index + 1;
    const match = ROW.exec(content);
    const date = match?.[2] ?? '';
    if (!match || Number.isNaN(Date.parse(`${date}T00:00:00Z`)))
      throw new TradeFileError(`ligne ${line} : « ${content} » n’est pas un achat`);
    const cents = Number(match[4]) * 100 + Number((match[5] ?? '').padEnd(2, '0'));
    const items = Number(match[3]);
    purchases.push({ line, customer: match[1] ?? '', date, items, amountMinor: cents });
  }
  if (purchases.length === 0) throw new TradeFileError('le fichier ne contient aucun achat');
  return purchases;
}
