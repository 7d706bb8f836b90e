/** What the simulated acquirer does with a 0100. */
export type Verdict = {
  /** Field 39. */
  readonly responseCode: string;
  /** When the answer leaves: at once, after the other side has given up, or not at all. */
  readonly answer: 'at-once' | 'late' | 'never';
};

const APPROVED = '00';

/** The fixed rules, by the last two digits of the amount (README). */
const RULES: Readonly<Record<string, Verdict>> = {
  '51': { responseCode: '51', answer: 'at-once' },
  '05': { responseCode: '05', answer: 'at-once' },
  '54': { responseCode: '54', answer: 'at-once' },
  '91': { responseCode: '91', answer: 'never' },
  '92': { responseCode: APPROVED, answer: 'late' },
  '96': { responseCode: '96', answer: 'at-once' },
};

const PLAIN_APPROVAL: Verdict = { responseCode: APPROVED, answer: 'at-once' };

/** The verdict on an authorisation request, from the amount of its field 4 (twelve digits). */
export function verdictOn(amount: string): Verdict {
  return RULES[amount.slice(-2)] ?? PLAIN_APPROVAL;
}

/** True when a response code lets the payment through. */
export function isApproval(responseCode: string): boolean {
  return responseCode === APPROVED;
}
