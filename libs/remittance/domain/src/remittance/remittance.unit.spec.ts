import { businessDay, instant, money } from '@encaisse/kernel';
import type {
  RemittanceBuilt,
  RemittanceEvent,
  RemittanceOpened,
  RemittanceOpening,
} from '@encaisse/remittance/contract';
import { specification } from '@encaisse/testing';
import { abandonRemittance } from './abandon-remittance';
import { buildRemittance } from './build-remittance';
import { digestedLine, totalsOf } from './lines';
import { openRemittance } from './open-remittance';
import { recordAnswer, type RecordAnswer } from './record-answer';
import { recordSending } from './record-sending';
import { remittanceStream, statusOf } from './remittance';
import { requestResend } from './request-resend';

const AT = instant('2017-05-15T21:00:00.000Z');
const LATER = instant('2017-05-16T08:00:00.000Z');
const DAY = businessDay('2017-05-15');
const ID = '8a1f5a9e-0f0e-8b3a-9a53-1f1a6f0f2b11';

const OPENING: RemittanceOpening = {
  remittanceId: ID,
  number: '1234567-1',
  environment: 'TEST',
  shopId: '019abd2c-6a00-7000-8000-000000000001',
  contractId: '019abd2c-6a00-7000-8000-000000000002',
  contractNumber: '1234567',
  rank: '001',
  paymentMeans: 'VISA',
  currency: 'EUR',
  acquirer: 'BNP',
  trigger: 'telecollection',
  cutOff: DAY,
  sendingId: null,
  openedAt: AT,
};
const TOTALS = totalsOf(
  {
    debits: { count: 2, minor: 12_000 },
    refunds: { count: 0, minor: 0 },
    cancellations: { count: 1, minor: 2000 },
  },
  'EUR',
);
const NOTHING = totalsOf(
  {
    debits: { count: 0, minor: 0 },
    refunds: { count: 0, minor: 0 },
    cancellations: { count: 0, minor: 0 },
  },
  'EUR',
);
const BUILD = { remittanceId: ID, totals: TOTALS, linesDigest: 'd1', at: AT };
const FILES = [{ name: '1234567-1.1.csv', format: 'csv', bytes: 10, sha256: 'f' }] as const;

const opened: RemittanceOpened = { type: 'RemittanceOpened', data: OPENING };
const built: RemittanceBuilt = {
  type: 'RemittanceBuilt',
  data: { remittanceId: ID, ...TOTALS, linesDigest: 'd1', builtAt: AT, businessDay: DAY },
};
const sent = (attempt = 1): RemittanceEvent => ({
  type: 'RemittanceSent',
  data: { remittanceId: ID, attempt, files: FILES, sentAt: AT, businessDay: DAY },
});
const accepted: RemittanceEvent = {
  type: 'RemittanceAccepted',
  data: { remittanceId: ID, attempt: 1, rejectedLines: [], answer: 'a.xml', acceptedAt: AT },
};
const rejected: RemittanceEvent = {
  type: 'RemittanceRejected',
  data: { remittanceId: ID, attempt: 1, reason: 'no', answer: 'a.xml', rejectedAt: AT },
};
const resend: RemittanceEvent = {
  type: 'RemittanceResendRequested',
  data: { remittanceId: ID, operationId: 'o1', attempt: 2, requestedAt: LATER },
};
const acceptance = (attempt = 1): RecordAnswer => ({
  remittanceId: ID,
  attempt,
  answer: 'a.xml',
  at: AT,
  outcome: 'accepted',
  rejectedLines: [],
});
const rejection = (attempt = 1): RecordAnswer => ({
  remittanceId: ID,
  attempt,
  answer: 'a.xml',
  at: AT,
  outcome: 'rejected',
  reason: 'no',
});

describe('Open a remittance', () => {
  const { given } = specification(remittanceStream, openRemittance);
  it('REM-01 opens it once', () => {
    given().when(OPENING).then(opened);
    given(opened).when(OPENING).thenNothing();
  });
});

describe('Build a remittance', () => {
  const { given } = specification(remittanceStream, buildRemittance);
  it('REM-02 fixes its lines, totals and digest once', () => {
    given(opened).when(BUILD).then(built);
    given(opened, built).when(BUILD).thenNothing();
  });
  it('never lets the lines of a built remittance change', () => {
    expect(() => given(opened, built).when({ ...BUILD, linesDigest: 'd2' })).toThrow('fixed');
  });
  it('is not done without lines', () => {
    expect(() => given(opened).when({ ...BUILD, totals: NOTHING })).toThrow('abandoned');
  });
});

describe('Abandon a remittance', () => {
  const { given } = specification(remittanceStream, abandonRemittance);
  const command = { remittanceId: ID, at: AT };
  const abandoned: RemittanceEvent = {
    type: 'RemittanceAbandoned',
    data: { remittanceId: ID, abandonedAt: AT },
  };
  it('is possible while it is open, once', () => {
    given(opened).when(command).then(abandoned);
    given(opened, abandoned).when(command).thenNothing();
  });
  it('is a bug once it is built', () => {
    expect(() => given(opened, built).when(command)).toThrow('being made');
  });
});

describe('Record a sending', () => {
  const { given } = specification(remittanceStream, recordSending);
  const command = { remittanceId: ID, attempt: 1, files: FILES, at: AT };
  it('REM-07 makes it sent, once per attempt', () => {
    given(opened, built).when(command).then(sent());
    given(opened, built, sent()).when(command).thenNothing();
    given(opened, built, sent(), rejected, resend).when(command).thenNothing();
  });
});

describe('Record the answer', () => {
  const { given } = specification(remittanceStream, recordAnswer);
  it('REM-07 accepts or rejects what was sent', () => {
    given(opened, built, sent()).when(acceptance()).then(accepted);
    given(opened, built, sent()).when(rejection()).then(rejected);
  });
  it('changes nothing when it comes twice, or after the remittance was sent again', () => {
    given(opened, built, sent(), accepted).when(acceptance()).thenNothing();
    given(opened, built, sent(), rejected).when(rejection()).thenNothing();
    given(opened, built, sent(), rejected, resend).when(rejection()).thenNothing();
    given(opened, built, sent(), rejected, resend, sent(2)).when(rejection()).thenNothing();
  });
  it.each([
    ['of nothing we know', [], acceptance(), { code: 'remittance-unknown' }],
    ['before anything was built', [opened], acceptance(), { code: 'remittance-unknown' }],
    ['before it was sent', [opened, built], acceptance(), { code: 'attempt-unknown', attempt: 1 }],
    [
      'of an attempt to come',
      [opened, built, sent()],
      acceptance(2),
      { code: 'attempt-unknown', attempt: 2 },
    ],
    [
      'against an earlier one',
      [opened, built, sent(), accepted],
      rejection(),
      { code: 'answered-otherwise' },
    ],
  ] as const)('is refused %s', (_, history, command, refusal) => {
    expect(given(...history).when(command).decision).toEqual({ refused: refusal });
  });
});

describe('Send a rejected remittance again', () => {
  const { given } = specification(remittanceStream, requestResend);
  const command = { remittanceId: ID, operationId: 'o1', at: LATER };
  it('REM-15 keeps its number and counts the attempt, once per request', () => {
    given(opened, built, sent(), rejected).when(command).then(resend);
    given(opened, built, sent(), rejected, resend).when(command).thenNothing();
    given(opened, built, sent(), rejected, resend, sent(2)).when(command).thenNothing();
  });
  it.each([
    [[], { code: 'remittance-unknown' }],
    [[opened, built], { code: 'remittance-not-rejected', status: 'TO_SEND' }],
    [[opened, built, sent()], { code: 'remittance-not-rejected', status: 'SENT' }],
    [[opened, built, sent(), accepted], { code: 'remittance-not-rejected', status: 'ACCEPTED' }],
  ] as const)('REM-15 is refused unless it is rejected', (history, refusal) => {
    expect(given(...history).when(command).decision).toEqual({ refused: refusal });
  });
});

describe('The status of a remittance', () => {
  it('REM-07 is one of four, and none for what nobody sees', () => {
    const status = (...history: readonly RemittanceEvent[]) =>
      statusOf(history.reduce(remittanceStream.evolve, remittanceStream.initial));
    expect([
      status(),
      status(opened),
      status(opened, built),
      status(opened, built, sent()),
      status(opened, built, sent(), accepted),
      status(opened, built, sent(), rejected),
      status(opened, built, sent(), rejected, resend),
    ]).toEqual([null, 'TO_SEND', 'TO_SEND', 'SENT', 'ACCEPTED', 'REJECTED', 'TO_SEND']);
  });
});

describe('The totals of a remittance', () => {
  it('CASH-13 REM-09 count a cancellation on both sides, so that the bank is asked for nothing', () => {
    expect(TOTALS).toEqual({
      debits: { count: 2, amount: money(12_000, 'EUR') },
      credits: { count: 1, amount: money(2000, 'EUR') },
      refunds: { count: 0, amount: money(0, 'EUR') },
      total: money(10_000, 'EUR'),
      lineCount: 3,
    });
  });
  it('REM-09 may be negative: a refund alone', () => {
    const sums = {
      debits: { count: 0, minor: 0 },
      refunds: { count: 1, minor: 1000 },
      cancellations: { count: 0, minor: 0 },
    };
    expect(totalsOf(sums, 'EUR')).toMatchObject({ total: money(-1000, 'EUR'), lineCount: 1 });
  });
  it('are digested over one text per line', () => {
    const line = { transactionId: 't', kind: 'DEBIT', amountMinor: 5, currency: 'EUR' } as const;
    expect(digestedLine(line)).toBe('t|DEBIT|5|EUR\n');
  });
});
