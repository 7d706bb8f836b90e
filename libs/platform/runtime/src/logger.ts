import { type Logger, pino } from 'pino';
import { redactCardNumbers } from '@encaisse/platform/security';

export type { Logger } from 'pino';

/** Injection token of the process's logger. */
export const LOGGER_TOKEN = Symbol('logger');

/** Paths that must never reach a log, wherever they stand. */
const SECRET_FIELDS = ['number', 'cardNumber', 'verificationCode', 'cvv', 'authorization', 'token'];

/** One JSON line per fact, UTC, without card or personal data. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    // The last line of defence: whatever looks like a card number leaves masked (GEN-12).
    hooks: { streamWrite: redactCardNumbers },
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[hidden]',
    },
  });
}
