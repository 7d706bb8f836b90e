/** Payment means a contract can be for (PAY-04, PAY-05). The list is open: add a line for a new one. */
export const PAYMENT_MEANS = [
  'CB',
  'VISA',
  'MASTERCARD',
  'MAESTRO',
  'BCMC',
  'E_CARTE_BLEUE',
  'AMEX',
  'JCB',
  'DINERS',
  'UNIONPAY',
  'COFINOGA',
  'AURORE',
  'SOFINCO',
  'ANCV',
  'PAYPAL',
] as const;
