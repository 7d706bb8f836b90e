import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from './actions';
import { ACTIONS } from './actions';
import { actionsOf, grantableBy, MERCHANT_PROFILES, PROFILES } from './policy';

/** The actions behind each row of the table of profiles and actions, written by hand beside it. */
const ROWS: Readonly<Record<string, readonly Action[]>> = {
  'Sign in, own personal data, own password, terms': ['own-account'],
  'Contact form, full screen': ['contact-support'],
  'Store: view': ['view-store'],
  'Choose default page': ['choose-page'],
  'Statistics: summary, graphs, print': ['view-statistics'],
  'Transactions: search, detail, refused in real time': ['search-transactions'],
  'Export and date-to-date extraction': ['export'],
  'Transaction history and JRB detail': ['view-history'],
  'Remittances: view': ['view-remittances'],
  'JRB: view': ['view-jrb'],
  Cancel: ['cancel'],
  'Refund, total or partial': ['refund'],
  'Send to bank, single or mass': ['send-to-bank'],
  'Capture, total or partial; Capture all': ['capture'],
  'Validate, modify': ['validate', 'modify'],
  Duplicate: ['duplicate'],
  'Block card from a transaction': ['block-card'],
  'Instalment plans, subscriptions: follow': ['follow-plans'],
  'Instalment plan: terminate': ['terminate-plan'],
  'Subscription: terminate': ['terminate-subscription'],
  'Parameters: view configuration and options': ['view-settings'],
  'Parameters: change e-mails, URLs, ticket, immediate return': ['change-settings'],
  'HMAC key: generate, activate': ['manage-hmac-key'],
  'Contracts: view': ['view-contracts'],
  'Contracts: edit the four fields of CONT-08': ['edit-contract'],
  'Card list: view': ['view-blocked-cards'],
  'Card list: add, lift': ['change-blocked-cards'],
  'Manual entry, three types': ['enter-payment'],
  'Gestion: list users, detail, edit': ['view-users', 'manage-users'],
  'Gestion: create, change rights, deactivate, reset password': ['manage-users'],
  'Gestion: action log': ['view-actions'],
};

/** Rows served by the action of another row. */
const PART_OF: readonly string[] = ['Fraud indicators', 'Daily file of remitted transactions'];

const TABLE = readFileSync(
  join(__dirname, '..', '..', '..', '..', 'docs', 'spec', 'permissions.md'),
  'utf8',
)
  .split('## 1. Profile × action')[1]!
  .split('## 2.')[0]!
  .split('\n')
  .filter((line) => /^\| (?!Action\b|-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, row = '', ...cells]) => ({ row, marks: cells.slice(0, MERCHANT_PROFILES.length) }));

describe('The policy', () => {
  it('USER-05 reads the whole table of the specification', () => {
    expect(TABLE.length).toBeGreaterThan(30);
    const unknown = TABLE.map(({ row }) => row).filter(
      (row) => ROWS[row] === undefined && !PART_OF.includes(row),
    );
    expect(unknown).toEqual([]);
  });

  const cells = TABLE.flatMap(({ row, marks }) =>
    (ROWS[row] ?? []).flatMap((action) =>
      MERCHANT_PROFILES.map((profile, place) => [profile, action, row, marks[place]] as const),
    ),
  );

  it.each(cells)('USER-05 gives %s « %s » as « %s » says: %s', (profile, action, _row, mark) => {
    expect(actionsOf(profile).has(action)).toBe(mark === 'S' || mark === 'D');
  });

  it('gives nobody what no row and no role names', () => {
    const nobodys = ACTIONS.filter((action) => !PROFILES.some((one) => actionsOf(one).has(action)));
    expect(nobodys).toEqual(['take-payment', 'collect', 'develop']);
  });

  it('lets auditors change nothing but their own account', () => {
    const changing = [...actionsOf('AUDITOR')].filter(
      (action) => !/^(view|search|export|follow|read)/.test(action),
    );
    expect(changing).toEqual(['own-account', 'contact-support', 'choose-page']);
  });

  it('lets support do no cash operation', () => {
    const cash: readonly Action[] = ['cancel', 'refund', 'send-to-bank', 'capture', 'validate'];
    expect(cash.filter((action) => actionsOf('SUPPORT').has(action))).toEqual([]);
  });

  it('lets a person give machines no more than the person has, and payments', () => {
    for (const profile of PROFILES) {
      const more = [...grantableBy(profile)].filter((action) => !actionsOf(profile).has(action));
      const machines = {
        MANAGER: ['take-payment'],
        SUPPORT: ['fetch-remittance-files', 'post-bank-answers'],
      };
      expect(more).toEqual((machines as Record<string, readonly string[]>)[profile] ?? []);
    }
    expect(grantableBy('MANAGER').has('manage-users')).toBe(false);
    expect(grantableBy('CASHIER').size).toBe(0);
  });
});
