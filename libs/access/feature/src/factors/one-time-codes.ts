import { epochMillis, type Instant } from '@encaisse/kernel';
import { Secret, TOTP } from 'otpauth';

const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
/** Steps before and after the present one that are taken: clocks of telephones differ. */
const WINDOW = 1;

/** A new secret for codes that change with time, in base 32 as telephones take it. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What a telephone scans: `otpauth://totp/…`. */
export function totpUri(secret: string, issuer: string, login: string): string {
  return totpOf(secret, issuer, login).toString();
}

/**
 * The counter of the step a code belongs to; null when it is none of the steps taken now. Source: RFC
 * 6238. The library compares in constant time.
 */
export function counterOfCode(secret: string, code: string, at: Instant): number | null {
  const timestamp = epochMillis(at);
  const delta = totpOf(secret).validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
}

function totpOf(secret: string, issuer = '', label = ''): TOTP {
  return new TOTP({
    issuer,
    label,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
  });
}
