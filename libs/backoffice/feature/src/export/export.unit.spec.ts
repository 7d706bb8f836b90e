import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as immediate } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { stream as spreadsheets } from 'exceljs';
import fc from 'fast-check';
import { epochMillis, instant } from '@encaisse/kernel';
import { until } from '@encaisse/testing';
import { cellText, shownInstant } from './cells';
import type { ExportColumn } from './export-column';
import { spreadsheet } from './spreadsheet';
import { delimitedText } from './text-formats';

const column = (name: string, kind: ExportColumn['kind']): ExportColumn => ({
  name,
  kind,
  sql: name,
  label: { fr: `Libellé ${name}`, en: `Label ${name}` },
});
const COLUMNS = [column('reference', 'text'), column('amount', 'amount')];

// eslint-disable-next-line @typescript-eslint/require-await -- Chunks come from a cursor elsewhere.
async function* chunksOf(...chunks: readonly (readonly (readonly string[])[])[]) {
  yield* chunks;
}

async function csv(rows: readonly (readonly string[])[], separator = ';'): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of delimitedText(chunksOf(rows), COLUMNS, 'fr', separator))
    parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

describe('A csv or txt export', () => {
  it('TRX-28 begins with a header line in the interface language, in UTF-8', async () => {
    expect(await csv([['Café', '12.50']])).toBe('Libellé reference;Libellé amount\nCafé;12.50\n');
  });

  it.each([
    ['=1+1', `'=1+1`],
    ['+33612345678', `'+33612345678`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\tx', `'\tx`],
    ['\rx', `'\rx`],
    [' =1', ' =1'],
    ['a=1', 'a=1'],
  ])('makes the text %j safe against formulas', async (given, written) => {
    const [, row] = parse(await csv([[given, '1.00']]), { delimiter: ';' });
    expect(row).toEqual([written, '1.00']);
  });

  it('leaves an amount that begins with a minus sign as it is', async () => {
    expect(await csv([['x', '-12.50']])).toContain('x;-12.50\n');
  });

  it('writes what the csv package writes, for any text and both separators', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', ';', '\t', '"', '\n', '\r', ' ', '1'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, fc.constantFrom('1.00', '-3.50'))),
        fc.constantFrom(';', '\t'),
        async (rows, separator) => {
          const safe = rows.map(([one, amount]) => [
            /^[\t\r\n]/.test(one) ? `'${one}` : one,
            amount,
          ]);
          const read = parse(await csv(rows, separator), { delimiter: separator, from: 2 });
          const peer = stringify(safe, { delimiter: separator });
          expect(read).toEqual(parse(peer, { delimiter: separator }));
        },
      ),
    );
  });
});

describe('A cell', () => {
  it.each([
    ['2026-03-29T00:59:59.999Z', '29/03/2026 01:59:59'],
    ['2026-03-29T01:00:00.000Z', '29/03/2026 03:00:00'],
    ['2026-10-25T00:30:00.000Z', '25/10/2026 02:30:00'],
    ['2026-10-25T01:30:00.000Z', '25/10/2026 02:30:00'],
    ['2026-12-31T23:00:00.000Z', '01/01/2027 00:00:00'],
  ])('TRX-28 shows the instant %s as %s in Paris', (at, shown) => {
    expect(shownInstant(epochMillis(instant(at)))).toBe(shown);
  });

  it.each([
    ['EUR', '5', '0.05'],
    ['EUR', '-1000', '-10.00'],
    ['JPY', '1200', '1200'],
    ['TND', '1234', '1.234'],
  ] as const)('TRX-28 shows an amount with the digits of %s: %s is %s', (currency, raw, shown) => {
    expect(cellText(column('amount', 'amount'), raw, currency, 'fr')).toBe(shown);
  });

  it('shows a day as JJ/MM/AAAA and nothing as nothing', () => {
    expect(cellText(column('day', 'day'), '2026-11-22', 'EUR', 'fr')).toBe('22/11/2026');
    expect(cellText(column('day', 'day'), '', 'EUR', 'fr')).toBe('');
  });
});

describe('An xlsx export', () => {
  it('TRX-24 continues on a new sheet when one is full, with its header again', async () => {
    const rows = Array.from({ length: 7 }, (_, index) => [`=ref ${index}`, `${index}.50`]);
    const content = spreadsheet(
      chunksOf(rows.slice(0, 4), rows.slice(4)),
      COLUMNS,
      'en',
      'Sales',
      4,
    );
    const bytes: Buffer[] = [];
    for await (const part of content) bytes.push(part as Buffer);
    const sheets: unknown[][] = [];
    const reader = new spreadsheets.xlsx.WorkbookReader(Readable.from([Buffer.concat(bytes)]), {});
    for await (const sheet of reader) {
      const values: unknown[] = [];
      for await (const row of sheet) values.push((row.values as unknown[]).slice(1));
      sheets.push(values);
    }
    const header = ['Label reference', 'Label amount'];
    const row = (index: number) => [`=ref ${index}`, index + 0.5];
    expect(sheets).toEqual([
      [header, row(0), row(1), row(2)],
      [header, row(3), row(4), row(5)],
      [header, row(6)],
    ]);
  });

  it('takes rows no faster than its reader, and ends its work when the reader goes away', async () => {
    let taken = 0;
    let isEnded = false;
    async function* endless() {
      try {
        for (; taken < 1000; taken += 1) {
          await immediate();
          yield Array.from({ length: 100 }, () => [randomText(), '1.00']);
        }
      } finally {
        isEnded = true;
      }
    }
    const content = spreadsheet(endless(), COLUMNS, 'fr', 'Sales');
    content.on('error', () => undefined);
    await stillness(() => taken);
    expect(taken).toBeLessThan(200);
    content.destroy();
    await until(() => isEnded);
  });
});

/** Text that does not compress. */
function randomText(): string {
  return randomBytes(500).toString('base64');
}

/** Waits until a number has not changed for a while. */
async function stillness(read: () => number): Promise<void> {
  for (let before = -1; before !== read();) {
    before = read();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
