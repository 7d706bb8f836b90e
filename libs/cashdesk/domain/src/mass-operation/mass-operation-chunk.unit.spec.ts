import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MassOperationChunkDone, skipReason } from '@encaisse/cashdesk/contract';
import { instant } from '@encaisse/kernel';
import { specification } from '@encaisse/testing';
import { massOperationChunkStream, recordChunk } from './mass-operation-chunk';

const { given } = specification(massOperationChunkStream, recordChunk);
const id = (number: number) => `0198a1b2-0000-7000-8000-${String(number).padStart(12, '0')}`;
const chunk: MassOperationChunkDone['data'] = {
  massOperationId: id(1),
  chunk: 0,
  results: [
    { transactionId: id(101), outcome: 'done', code: null, facts: null },
    {
      transactionId: id(102),
      outcome: 'skipped',
      code: 'window-closed',
      facts: { lastDay: '2017-07-29' },
    },
  ],
  doneAt: instant('2017-07-30T10:00:00.000Z'),
};
const done = { type: 'MassOperationChunkDone', data: chunk } as const;

describe('Record a chunk of a mass operation', () => {
  it('CASH-17 records what became of each transaction', () => {
    given().when(chunk).then(done);
  });
  it('keeps the first record when the chunk comes again', () => {
    given(done)
      .when({ ...chunk, results: [] })
      .thenNothing();
  });
  it('reads the one example of each version ever written', () => {
    const folder = join(__dirname, 'history');
    expect(readdirSync(folder)).toEqual(['MassOperationChunkDone.v1.json']);
    const example = JSON.parse(
      readFileSync(join(folder, 'MassOperationChunkDone.v1.json'), 'utf8'),
    ) as object;
    expect(example).toEqual({ ...done, schemaVersion: 1 });
  });
});

describe('Why a transaction is skipped', () => {
  const late = { code: 'window-closed', facts: { lastDay: '2017-07-29' } };

  it('is said in French and in English, with days written as each does', () => {
    expect(skipReason(late, 'fr')).toBe('Délai dépassé : possible jusqu’au 29/07/2017 seulement.');
    expect(skipReason(late, 'en')).toBe('The time is over: it was possible until 2017-07-29 only.');
  });
  it('is nothing for what was done, and the code for what a later release may write', () => {
    expect(skipReason({ code: null, facts: null }, 'fr')).toBeNull();
    expect(skipReason({ code: 'some-new-refusal', facts: {} }, 'en')).toBe('some-new-refusal');
  });
});
