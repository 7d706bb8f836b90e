import { type Mutant, mutant } from './mutant';

const AUTHORIZATION = 'libs/authorization/feature/src';

/** Faults of taking a payment and of settling what is unknown. */
export const AUTHORIZATION_MUTANTS: readonly Mutant[] = [
  mutant(
    'asked-before-recorded',
    'the acquirer is asked before the intent is recorded',
    `${AUTHORIZATION}/take-payment/payment-authorizer`,
    'const written = await this.writeRequest(',
    'await this.ask(order, request.trace, begunAt);\n        const written = await this.writeRequest(',
  ),
  mutant(
    'stale-intent-asked',
    'an intent another copy may have reversed is asked all the same',
    `${AUTHORIZATION}/take-payment/payment-authorizer`,
    'age > this.settings.acquirerTimeoutMillis',
    'age > Infinity',
  ),
  mutant(
    'refusal-taken-for-approval',
    'a refusal of the issuer counts as approved',
    `${AUTHORIZATION}/take-payment/payment-authorizer`,
    'responseCode !== _domain.APPROVED',
    "responseCode === '91'",
  ),
  mutant(
    'request-appended-blindly',
    'a payment is recorded without asking for an empty stream',
    `${AUTHORIZATION}/take-payment/payment-authorizer`,
    "'no-stream'",
    "'any'",
  ),
  mutant(
    'outcome-appended-blindly',
    'an outcome is recorded whatever the stream says meanwhile',
    `${AUTHORIZATION}/take-payment/payment-authorizer`,
    'transactionId, version, events, metadata)',
    "transactionId, 'any', events, metadata)",
  ),
  mutant(
    'payment-content-not-compared',
    'a payment id is repeated with other content',
    `${AUTHORIZATION}/take-payment/payment-authorizer`,
    'state.request.fingerprint === this.fingerprintOf(order)',
    'true',
  ),
  mutant(
    'blocked-cards-not-asked',
    'payments are taken whatever the list of blocked cards says',
    `${AUTHORIZATION}/take-payment/payment-authorizer`,
    'this.blockedCards.isBlocked(',
    'Boolean(',
  ),
  mutant(
    'any-block-blocks-all',
    'a node that blocks one card takes no card at all',
    `${AUTHORIZATION}/blocked-cards/blocked-cards`,
    '.some((nodeId)=>{',
    '.some((nodeId)=>{ return true;',
  ),
  mutant(
    'block-of-its-node-only',
    'a block of a brand or a group does not hold for the shops below',
    `${AUTHORIZATION}/blocked-cards/blocked-cards`,
    'this.directory.current.atOrAbove(shopId)',
    '[shopId]',
  ),
  mutant(
    'lifted-block-kept',
    'a lifted block is still on the list in memory',
    `${AUTHORIZATION}/blocked-cards/block-list`,
    '?.delete(cardFingerprint)',
    '',
  ),
  mutant(
    'block-ids-not-compared',
    'the id of a block is taken again for another card',
    `${AUTHORIZATION}/blocked-cards/block-card.handler`,
    'known !== undefined && ',
    'false && ',
  ),
  {
    name: 'timeout-taken-for-refusal',
    fault: 'a time-out is recorded as a refusal, nothing is reversed',
    patches: [
      {
        file: `${AUTHORIZATION}/take-payment/payment-authorizer`,
        find: "if (outcome.kind === 'unknown') return (0, _domain1.recordUnknownOutcome)",
        replace: "if (outcome.kind === 'none') return (0, _domain1.recordUnknownOutcome)",
      },
      {
        file: `${AUTHORIZATION}/take-payment/payment-authorizer`,
        find: "if (outcome.kind === 'not-sent')",
        replace: "if (outcome.kind !== 'answered')",
      },
      {
        file: `${AUTHORIZATION}/take-payment/payment-authorizer`,
        find: "if (outcome.kind === 'unknown') this.settler",
        replace: "if (outcome.kind === 'none') this.settler",
      },
    ],
  },
  mutant(
    'reversal-not-repeated',
    'an unanswered reversal counts as answered',
    `${AUTHORIZATION}/settle-unknown/unknown-settler`,
    "if (outcome.kind !== 'answered') return false;\n        const { responseCode } = outcome;",
    "const { responseCode = '00' } = outcome;",
  ),
  mutant(
    'crashed-payments-left',
    'payments a crash interrupted are never looked at',
    `${AUTHORIZATION}/settle-unknown/unknown-settler`,
    "phase === 'unknown' || now - seenAt > limit",
    "phase === 'gone'",
  ),
  mutant(
    'reversal-not-asked',
    'an unknown outcome is settled without asking the acquirer',
    `${AUTHORIZATION}/settle-unknown/unknown-settler`,
    'await this.gateway.reverse({',
    "await Promise.resolve({ kind: 'answered', responseCode: '00',",
  ),
  {
    ...mutant(
      'code-in-fingerprint',
      'the fingerprint of a payment depends on the verification code',
      `${AUTHORIZATION}/take-payment/payment-order`,
      'verificationCode: _code, ',
      '',
    ),
    isAboutCode: true,
  },
];
