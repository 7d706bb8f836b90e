/** The limits of GEN-03 that decide about a transaction. Days are counted as GEN-02 says. */
export type Limits = {
  /** Refund, cancel and capture are refused later than this many days after the acceptance. */
  readonly cashOperationWindowDays: number;
  /** Later than this many days after the authorisation the issuer no longer holds the amount. */
  readonly authorizationValidityDays: number;
  /** How far ahead of today a planned date may be moved (PAY-19). */
  readonly plannedDateMaxDays: number;
};

/** The defaults of GEN-03 and PAY-19. An installation may pass others with each command. */
export const LIMITS: Limits = {
  cashOperationWindowDays: 75,
  authorizationValidityDays: 7,
  plannedDateMaxDays: 7,
};
