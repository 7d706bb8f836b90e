import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportEvent } from '@encaisse/backoffice/contract';
import { fold, instant, money } from '@encaisse/kernel';
import { specification } from '@encaisse/testing';
import { exportStream } from './export';
import { expireExport, failExport, finishExport, requestExport } from './export-decisions';

const exportId = '0198a1b2-0000-7000-8000-000000000001';
const request = {
  exportId,
  kind: 'transactions',
  environment: 'TEST',
  nodeId: '0198a1b2-0000-7000-8000-000000000010',
  format: 'csv',
  language: 'fr',
  columns: ['createdAt', 'initialAmount'],
  filename: 'transactions-2017-05-15.csv',
  fingerprint: 'fingerprint-1',
  personId: '0198a1b2-0000-7000-8000-000000000020',
  requestedAt: instant('2017-05-15T10:00:00.000Z'),
} as const;
const result = {
  exportId,
  rowCount: 2,
  sums: [money(4500, 'EUR'), money(1200, 'JPY')],
  bytes: 120,
  sha256: `${'0'.repeat(63)}1`,
  position: 42,
  finishedAt: instant('2017-05-15T10:01:00.000Z'),
  expiresAt: instant('2017-05-22T10:01:00.000Z'),
};
const failure = {
  exportId,
  reason: 'too-slow',
  failedAt: instant('2017-05-15T10:15:00.000Z'),
} as const;
const requested: ExportEvent = { type: 'ExportRequested', data: request };
const finished: ExportEvent = { type: 'ExportFinished', data: result };
const failed: ExportEvent = { type: 'ExportFailed', data: failure };
const expired: ExportEvent = {
  type: 'ExportExpired',
  data: { exportId, expiredAt: result.expiresAt },
};

describe('Request an export', () => {
  const { given } = specification(exportStream, requestExport);
  it('TRX-27 records what was asked for', () => {
    given().when(request).then(requested);
  });
  it('GEN-11 does nothing more when the same request comes again', () => {
    given(requested, finished).when(request).thenNothing();
  });
  it('GEN-11 is refused when the id was used for another request', () => {
    given(requested)
      .when({ ...request, fingerprint: 'fingerprint-2' })
      .thenRefused({ code: 'id-reused' });
  });
});

describe('End an export', () => {
  it('TRX-27 records what the file holds, once', () => {
    const { given } = specification(exportStream, finishExport);
    given(requested).when(result).then(finished);
    given(requested, finished).when(result).thenNothing();
  });
  it('TRX-27 records that there is no file, unless it ended before', () => {
    const { given } = specification(exportStream, failExport);
    given(requested).when(failure).then(failed);
    given(requested, finished).when(failure).thenNothing();
    specification(exportStream, finishExport).given(requested, failed).when(result).thenNothing();
  });
  it('TRX-27 takes the file away at its time and not a millisecond before', () => {
    const { given } = specification(exportStream, expireExport);
    const early = instant('2017-05-22T10:00:59.999Z');
    given(requested, finished).when({ exportId, at: early }).thenNothing();
    given(requested, finished).when({ exportId, at: result.expiresAt }).then(expired);
    given(requested, finished, expired).when({ exportId, at: result.expiresAt }).thenNothing();
    given(requested, failed).when({ exportId, at: result.expiresAt }).thenNothing();
  });
});

describe('Exports as they are stored', () => {
  const folder = join(__dirname, 'history');
  const stored = (type: string) =>
    JSON.parse(readFileSync(join(folder, `${type}.v1.json`), 'utf8')) as ExportEvent;

  it('keep one example of each version of each event', () => {
    const names = Object.entries(exportStream.schemaVersions).map(
      ([type, v]) => `${type}.v${v}.json`,
    );
    expect(readdirSync(folder).sort()).toEqual(names.sort());
  });
  it('read the examples as the shape written today', () => {
    const examples = [requested, finished, failed, expired].map(({ type }) => stored(type));
    expect(examples.map(({ type, data }) => ({ type, data }))).toEqual([
      requested,
      finished,
      failed,
      expired,
    ]);
    expect(fold(exportStream, [requested, finished, expired])).toEqual({
      ...{ requested: request, finished: result, failed: null, isExpired: true },
    });
  });
});
