/**
 * What a caller does about each problem. Nobody is refused without being told what to do instead: a
 * code without its row stops the generation of `docs/errors.md`.
 */
export const REMEDIES: Readonly<Record<string, string>> = {
  'invalid-request':
    'Correct the fields listed in `errors`: each has a pointer and the rule broken.',
  unauthenticated:
    'Sign in with `POST /api/v1/session`, or send `Authorization: Bearer` with a key or token in force.',
  forbidden: 'Ask a user manager for a profile, or for a key, with the right named in `detail`.',
  'second-factor-needed': 'Give the second factor with `POST /api/v1/session/second-factor`.',
  'password-change-needed': 'Choose a new password with `PUT /api/v1/me/password`.',
  'terms-not-accepted':
    'Read `GET /api/v1/terms`, then accept them with `POST /api/v1/me/terms`, or sign out.',
  'csrf-token-wrong':
    'Send the header `X-CSRF-Token` with the `csrfToken` that `GET /api/v1/session` gives.',
  'not-found':
    'Check the identifier and the node of the token: what lies outside the node answers the same.',
  'body-too-large': 'Send at most 1 MiB; split a mass operation into several requests.',
  'unsupported-media-type': 'Send `Content-Type: application/json`.',
  'id-reused':
    'Use a new UUIDv7 for a new request; to repeat the first one, send exactly the same content.',
  'lost-race': 'Read the resource again, then decide again; the same id may be sent once more.',
  'position-not-reached':
    'Repeat the read a little later, or leave the `Ledger-Position` header out to read what is there.',
  unavailable: 'Repeat the request with the same id in a moment: it is done once at most.',
  internal: 'Repeat the request with the same id; if it lasts, quote `instance` to support.',
  'unknown-field': 'Remove the field named in `errors`, or correct its spelling.',
  'invalid-amount': 'Send a positive whole number of minor units: 12,50 € is `1250`.',
  'unknown-currency': 'Send the three letters of ISO 4217, for instance `EUR`.',

  'sign-in-refused': 'Check login and password; a user manager or support can send a new link.',
  'account-locked': 'Ask a user manager or support for a new link: it lifts the lock.',
  'account-disabled': 'Ask a user manager to open the account again.',
  'temporary-password-expired': 'Ask a user manager or support for a new first password or link.',
  'session-elsewhere':
    'Sign out on the other computer, or wait until it was idle for fifteen minutes.',
  'second-factor-refused':
    'Wait for the next code, or answer the passkey’s options of `POST /api/v1/session/second-factor/options`.',
  'factor-code-wrong': 'Wait for the next code: each is good once.',
  'passkey-refused':
    'Ask for new options with `POST /api/v1/me/factors/passkeys/options` and answer them within five minutes.',
  'passkey-known': 'Register another device: this one is a second factor already.',
  'too-many-factors': 'Remove one with `DELETE /api/v1/me/factors/{factorId}` first.',
  'too-many-attempts': 'Wait for the seconds in `retryAfterSeconds`, then try again.',

  'api-key-unknown':
    'Check the identifier and the node: what lies outside the node answers the same.',
  'api-key-revoked': 'Create another key: one that was revoked stays closed.',
  'action-not-grantable':
    'Leave the right named in `action` out, or let somebody who has it create or rotate the key.',
  'expiry-past': 'Give a later `expiresAt`, or none.',

  'login-taken': 'Choose another login, or leave it out: one is made from the name.',
  'profile-not-allowed': 'Choose a profile that yours may manage; ask support for others.',
  'merchant-above-brands': 'Give a merchant’s user the node of a brand, a group or a shop.',
  'user-unknown': 'Check the identifier: what lies outside your node answers the same.',
  'own-account': 'Ask another user manager, or use the own account’s routes.',
  'user-disabled': 'Open the account again first.',
  'last-manager': 'Give another user of the brand the profile of a manager first.',
  'contact-channels-together': 'Change one of the two, then the other in a second request.',
  'login-needed': 'Send a login of your choice.',
  'email-taken': 'Give the user an e-mail address of their own.',
  'delivery-not-allowed': 'Ask for a link instead.',

  'current-password-wrong': 'Type the current password again.',
  'passwords-differ': 'Type the new password twice, the same.',
  'password-too-long': 'Choose a shorter one: `most` tells how long it may be.',
  'password-too-short': 'Choose a longer one, or add a second factor first.',
  'password-too-weak': 'Use lower and upper case, digits and other characters.',
  'password-too-common': 'Choose one that is not built around a common word.',
  'password-used-before': 'Choose one that was not among the last four.',
  'terms-version-old': 'Show the version named in `version`, and accept that one.',

  'link-unknown': 'Open the link of the last mail again, or ask for a new one.',
  'link-used': 'Sign in with the password that was chosen, or ask for a new link.',
  'link-expired': 'Ask a user manager or support for a new link.',
  'contact-change-pending':
    'Confirm the other change with its code, or drop it with `DELETE /api/v1/me/contact-change`.',
  'no-contact-change': 'Begin with `PATCH /api/v1/me` and a new `email` or `mobile`.',
  'code-wrong': 'Type the six digits of the last message.',
  'code-spent': 'Begin the change again: another code is sent.',

  'unknown-shop': 'Use the identifier of a shop at or below the node of the token.',
  'unknown-contract':
    'Use a contract of this shop: `GET /api/v1/nodes/{nodeId}/contracts` lists them.',
  'several-contracts': 'Name the contract in `contractId`.',
  'currency-not-of-contract': 'Pay in the currency of the contract, or name another contract.',
  'means-not-of-contract': 'Name a contract for this payment means.',
  'card-number-invalid': 'Have the card number typed again: its check digit is wrong.',
  'card-expired': 'Ask the buyer for another card.',
  'payment-in-progress': 'Wait for the first answer, then repeat the request with the same id.',
  'transaction-unknown': 'Check the identifier of the transaction.',
  'not-a-debit': 'Name the debit: a refund or a cancellation takes no such operation.',
  'operation-in-progress': 'Wait for the operation in progress to end, then decide again.',
  'no-stored-card': 'Ask for the card again and type its number: ours has been erased.',
  'contract-inactive': 'Activate the contract, or name another one.',
  'means-cannot': 'Use an operation the payment means allows: `GET …/operations` lists them.',
  'order-reference-reused': 'Give the duplicate an order reference of its own.',
  'currency-mismatch': 'Send the amount in the currency of the transaction.',
  'amount-not-positive': 'Send an amount of at least one minor unit.',

  'unknown-filter': 'Use the filters of the API description; spelling and case count.',
  'unknown-filter-value': 'Use one of the values listed in `detail`.',
  'period-missing': 'Send both ends of the period.',
  'period-malformed': 'Write dates as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`, Europe/Paris.',
  'period-reversed': 'Put the earlier date first.',
  'period-too-old': 'Start the period within the months of history that are kept.',
  'invalid-amount-filter': 'Write the operator and the minor units, as the API description shows.',
  'not-sortable': 'Sort by one of the columns listed in `detail`.',
  'unknown-column': 'Ask for columns of the API description.',
  'invalid-limit': 'Ask for a page size within the range told in `detail`.',
  'invalid-cursor': 'Pass the `nextCursor` of the previous page unchanged, or start again without.',
  'cursor-of-another-search':
    'Keep filters and sorting unchanged from page to page, or start again.',

  'selection-too-large': 'Narrow the search: `largest` tells how many go at once.',
  'selection-changed': 'Show the new count and totals, and have them confirmed again.',
  'export-not-finished':
    'Watch `GET /api/v1/exports/{exportId}`; a mail comes when the file is there.',
  'export-failed': 'Ask for the export again with a new id, for a shorter period if need be.',
  'export-expired': 'Ask for the export again with a new id.',
  'message-not-failed': 'Wait: what is queued or being sent is delivered by itself.',
  'selection-empty': 'Nothing is left to do, or the search looks elsewhere.',

  'authorization-in-progress': 'Wait for the acquirer’s answer: the transaction tells its status.',
  'awaiting-confirmation': 'Wait for the partner, or confirm with the validate operation.',
  'outcome-unknown': 'Wait: the reversal settles it, and the cardholder is never charged for it.',
  'not-accepted': 'Take a new payment: this one was refused or abandoned.',
  'awaiting-capture': 'Capture the payment first.',
  'not-sent-yet': 'Cancel the transaction instead, or wait until it is sent.',
  'already-sent': 'Refund the transaction instead.',
  'already-cancelled': 'Nothing is left to do: the transaction is cancelled.',
  'already-captured': 'Take a new payment for more: an authorisation is captured once.',
  'nothing-to-capture': 'Nothing is left to do: the payment leaves with its telecollection.',
  'nothing-to-validate': 'Nothing is left to do: nothing awaits a confirmation.',
  'nothing-to-modify': 'Send an amount or a planned date that differs from the present one.',
  'set-aside': 'Ask support to put the transaction back.',
  'to-send': 'Wait until the transaction is sent, or send it to the bank now.',
  'has-refunds': 'Refund the rest instead.',
  'window-closed': 'Settle with the customer outside the card scheme: `lastDay` was the last day.',
  'confirmation-required':
    'Repeat with `acknowledgeStaleAuthorization: true` to go on at the merchant’s own risk.',
  'capture-exceeds-authorized': 'Capture at most the authorised amount.',
  'refund-exceeds-remainder': 'Refund at most the `remainder`.',
  'amount-exceeds-current': 'Send an amount below the current one.',
  'planned-date-out-of-range': 'Choose a day from today to seven days later.',

  'contract-unknown': 'Check the identifier of the contract.',
  'card-already-blocked': 'Nothing is left to do: `blockId` names the block that holds.',
  'block-unknown': 'Check the identifier of the block: `GET /api/v1/blocked-cards` lists them.',
  'no-card': 'Nothing can be blocked: the transaction was made without a card.',
  'maximum-above-ceiling': 'Lower the maximum to the bank’s ceiling.',
  'limits-out-of-order': 'Order the limits: minimum, then maximum, then ceiling.',
  'shop-unknown': 'Open the shop first, or use the identifier of one that exists.',
  'too-many-requests': 'Wait `retryAfterSeconds`, then send the request again.',
  'passphrase-too-weak':
    'Lengthen and vary the passphrase: `POST …/hmac-keys/strength` tells its strength.',
  'integrator-address-missing': 'Set `emails.integrator` in the settings of the shop first.',
  'trial-not-possible': 'Create a key of the merchant’s own, without `kind`.',
  'key-link-unknown': 'Copy the whole link of the mail.',
  'key-link-used': 'Nothing is left to do: the key was put in force by this link.',
  'key-link-ended':
    'Create a new key: links last seven days, and a newer key ends those before it.',
  'https-needed': 'Give an absolute `https://` address, without a name and password in it.',
  'return-page-missing': 'Give `urls.return`, or switch `isImmediateReturn` off.',
  'contract-number-taken': 'Use the contract that exists, or another number or rank.',
  'parent-unknown': 'Open the parent node first.',
  'node-unknown': 'Check the identifier of the node.',
  'only-shops-move': 'Move the shops of the group one by one.',
  'other-brand': 'Choose a group of the brand that the shop belongs to.',
  'parent-level-wrong': 'Put groups under a brand and shops under a group.',
  'shop-identifiers-missing': 'Send `siteNumber`, `rank` and `merchantIdentifier` with the shop.',
  'field-of-another-level': 'Send only the fields of the level that is opened.',

  'not-set-aside': 'Nothing is left to do: only a transaction set aside is put back.',
  'remittance-unknown': 'Check the identifier of the remittance.',
  'remittance-not-rejected': 'Nothing is left to do: only a rejected remittance is sent again.',
};
