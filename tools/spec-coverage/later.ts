const SCREEN = 'needs a screen';
const THREE_DS = 'needs 3-D Secure';

/**
 * Requirements of the groups counted that no API of today can show, and what each waits for. They are
 * told, never counted; a row goes when its piece comes.
 */
export const LATER: Readonly<Record<string, string>> = {
  'GEN-06': `${SCREEN}: the confirmation before what cannot be undone`,
  'GEN-08': `${SCREEN}: the interface in French and English`,
  'AUTH-01': `${SCREEN}: the browsers that are supported`,
  'NAV-01': `${SCREEN}: the areas of the home page`,
  'NAV-02': `${SCREEN}: the top bar`,
  'NAV-03': `${SCREEN}: the navigation bar`,
  'NAV-04': `${SCREEN}: the place of plans and subscriptions`,
  'STAT-05': `${SCREEN}: the axis of values`,
  'STAT-07': `${SCREEN}: printing the figures`,
  'TRX-01': `${SCREEN}: the menu, and refused transactions in red`,
  'TRX-05': `${SCREEN}: showing and hiding the filters`,
  'TRX-21': `${SCREEN}: moving and choosing columns`,
  'TRX-26': `${SCREEN}: printing what is seen`,
  'TRX-30': `${SCREEN}: opening the detail from a row`,
  'TRX-35': THREE_DS,
  'TRX-36': THREE_DS,
  'TRX-37': THREE_DS,
  'TRX-38': THREE_DS,
  'TRX-39': THREE_DS,
  'TRX-40': THREE_DS,
  'TRX-41': THREE_DS,
  'TRX-42': THREE_DS,
  'TRX-43': 'needs the reconciliation with the bank’s journal',
  'CARD-06': `${SCREEN}: the entry « Blocage carte » of the parameters`,
  'REM-04': 'needs mails: the report of the telecollection',
  'REM-13': 'needs mails and SFTP: the daily extraction',
};
