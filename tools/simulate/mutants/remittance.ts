import { type Mutant, mutant } from './mutant';

const REMITTANCE = 'libs/remittance/feature/src';
const REMITTANCE_DOMAIN = 'libs/remittance/domain/src';

/** Faults of remittances: their lines, totals, files and answers. */
export const REMITTANCE_MUTANTS: readonly Mutant[] = [
  mutant(
    'cancelled-kept-as-debit',
    'a cancelled transaction is remitted as a debit',
    `${REMITTANCE}/lines/waiting-row`,
    "state: 'cancelled',\n                kind: 'CANCELLATION'",
    "state: 'cancelled',\n                kind: 'DEBIT'",
  ),
  mutant(
    'captured-amount-ignored',
    'a line bears the authorised amount, not the captured one',
    `${REMITTANCE}/lines/waiting-row`,
    "state: 'to-send',\n                amount_minor: data.amount.minor",
    "state: 'to-send'",
  ),
  mutant(
    'lowered-amount-ignored',
    'a line bears the amount before it was lowered',
    `${REMITTANCE}/lines/waiting-row`,
    'amount_minor: data.amount.minor,\n                planned_date',
    'planned_date',
  ),
  mutant(
    'put-back-forgotten',
    'what was put back is never collected',
    `${REMITTANCE}/lines/waiting-row`,
    "case 'TransactionPutBack':\n            return {\n                ...row,\n                state: 'to-send'",
    "case 'TransactionPutBack':\n            return {\n                ...row,\n                state: 'set-aside'",
  ),
  mutant(
    'totals-before-the-lines',
    'a remittance is added up before its lines are known',
    `${REMITTANCE}/making/remittance-maker`,
    'const checkpoint = await this.knowledge.catchUp();',
    'const checkpoint = 0;',
  ),
  mutant(
    'numbers-given-back',
    'the number of a remittance is given again',
    `${REMITTANCE_DOMAIN}/contract-remittances/settle-number`,
    "outcome === 'built'",
    "outcome === 'none'",
  ),
  mutant(
    'cancellations-not-credited',
    'totals leave the cancellations out of the credits',
    `${REMITTANCE_DOMAIN}/remittance/lines`,
    'count: refunds.count + cancellations.count',
    'count: refunds.count',
  ),
  mutant(
    'total-in-tenths',
    'a total is rounded to tenths on its way',
    `${REMITTANCE_DOMAIN}/remittance/lines`,
    'const total = (0, _kernel.minus)(debits.amount, credits.amount);',
    'const total = (0, _kernel.money)(Math.round((debits.amount.minor - credits.amount.minor) / 10) * 10, currency);',
  ),
  {
    name: 'message-before-its-csv',
    fault: 'the message is there before the csv that goes with it',
    patches: [
      {
        file: `${REMITTANCE}/making/remittance-files`,
        find: 'const csvFile = await csv.finish();',
        replace: 'const xmlFile = await xml.finish();\n        const csvFile = await csv.finish();',
      },
      {
        file: `${REMITTANCE}/making/remittance-files`,
        find: 'delivered(await xml.finish()',
        replace: 'delivered(xmlFile',
      },
    ],
  },
  mutant(
    'rejected-lines-kept',
    'rejected lines stay in their remittance',
    `${REMITTANCE}/answers/record-answers`,
    'for (const line of command.rejectedLines)await',
    'for (const line of [])await',
  ),
  mutant(
    'collection-forgotten',
    'no contract is ever collected at its time',
    `${REMITTANCE_DOMAIN}/telecollection-times`,
    '=== dueAt',
    '=== null',
  ),
  mutant(
    'chance-in-a-feature',
    'a feature draws chance of its own',
    `${REMITTANCE}/making/sending-transactions`,
    'const businessDay = ',
    'Math.random();\n    const businessDay = ',
  ),
  mutant(
    'manual-sending-not-heard',
    'manual sendings are not carried out',
    `${REMITTANCE}/manual-sending/manual-sending.worker`,
    'this.planSending(data.sendingId)',
    'void data',
  ),
];
