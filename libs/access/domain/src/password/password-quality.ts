/** The five levels of the quality meter (AUTH-09), weakest first. */
export const PASSWORD_LEVELS = ['VERY_WEAK', 'WEAK', 'MEDIUM', 'STRONG', 'VERY_STRONG'] as const;
export type PasswordLevel = (typeof PASSWORD_LEVELS)[number];

/** Labels shown beside the meter. */
export const PASSWORD_LEVEL_LABELS: Readonly<
  Record<PasswordLevel, { readonly fr: string; readonly en: string }>
> = {
  VERY_WEAK: { fr: 'Très faible', en: 'Very weak' },
  WEAK: { fr: 'Faible', en: 'Weak' },
  MEDIUM: { fr: 'Moyen', en: 'Medium' },
  STRONG: { fr: 'Fort', en: 'Strong' },
  VERY_STRONG: { fr: 'Très fort', en: 'Very strong' },
};

/** Lower case, upper case, digits; everything else is the fourth class. */
const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** Code points: a letter outside the basic plane is one character. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** How many of the four classes of characters a text has. */
function classesOf(text: string): number {
  return CLASSES.filter((one) => one.test(text)).length;
}

/** Quality of a password by its length in characters and its classes (AUTH-10). */
export function passwordQuality(password: string): PasswordLevel {
  const length = lengthOf(password);
  const classes = classesOf(password);
  if (length >= 16 && classes === 4) return 'VERY_STRONG';
  if (length >= 12 && classes === 4) return 'STRONG';
  if (length >= 8 && classes >= 3) return 'MEDIUM';
  if (length >= 6 && classes >= 2) return 'WEAK';
  return 'VERY_WEAK';
}

/** Shortest password where it is the only factor (AUTH-10). */
export const SOLE_FACTOR_LENGTH = 15;
/** The longest accepted: argon2 would take more, people do not type more. */
export const LONGEST_PASSWORD = 128;
/** None of so many former passwords may come back (PCI DSS 8.3.7). */
export const FORMER_PASSWORDS = 4;

/** Why a new password is refused. When several reasons apply, the first one listed is given. */
export type PasswordRefusal =
  | { readonly code: 'password-too-long'; readonly most: number }
  | { readonly code: 'password-too-short'; readonly least: number }
  | { readonly code: 'password-too-weak'; readonly level: PasswordLevel }
  | { readonly code: 'password-too-common' }
  | { readonly code: 'password-used-before' };

export type NewPassword = {
  readonly password: string;
  readonly hasSecondFactor: boolean;
  readonly isCommon: boolean;
  readonly wasUsedBefore: boolean;
};

/** The refusal of a new password, null when it may be taken. */
export function passwordRefusal({
  password,
  hasSecondFactor,
  isCommon,
  wasUsedBefore,
}: NewPassword): PasswordRefusal | null {
  const length = lengthOf(password);
  if (length > LONGEST_PASSWORD) return { code: 'password-too-long', most: LONGEST_PASSWORD };
  if (!hasSecondFactor && length < SOLE_FACTOR_LENGTH)
    return { code: 'password-too-short', least: SOLE_FACTOR_LENGTH };
  const level = passwordQuality(password);
  if (level !== 'STRONG' && level !== 'VERY_STRONG') return { code: 'password-too-weak', level };
  if (isCommon) return { code: 'password-too-common' };
  return wasUsedBefore ? { code: 'password-used-before' } : null;
}
