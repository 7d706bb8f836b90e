/** How good a passphrase is, and whether a key may be made of it. */
export type PassphraseStrength = {
  /** In characters, not in bytes. */
  readonly length: number;
  /** 0 to 100, in per cent. */
  readonly strength: number;
  /** At least 15 characters and 90 % (HMAC-03). */
  readonly isAccepted: boolean;
};

const LEAST_LENGTH = 15;
const LEAST_STRENGTH = 90;

type CharacterClass = 'lower' | 'upper' | 'digit' | 'space' | 'special';

/** The strength of a passphrase by the formula of HMAC-05, whose letters the parts keep. */
export function passphraseStrength(passphrase: string): PassphraseStrength {
  const characters = Array.from(passphrase);
  const length = characters.length;
  const classes = characters.map(classOf);
  const folded = characters.map((character) => character.toLowerCase());
  const a = Math.min(45, 3 * length);
  const b = 10 * new Set(classes.filter((one) => one !== 'space')).size;
  const c = Math.min(15, 2 * neighbours(classes, (left, right) => left !== right));
  const r = 3 * neighbours(folded, (left, right) => left === right);
  const s = 3 * sequences(folded);
  const v = 2 * Math.max(0, Math.floor(length / 2) - new Set(folded).size);
  const strength = Math.min(100, Math.max(0, a + b + c - r - s - v));
  return { length, strength, isAccepted: length >= LEAST_LENGTH && strength >= LEAST_STRENGTH };
}

function classOf(character: string): CharacterClass {
  if (/\p{Ll}/u.test(character)) return 'lower';
  if (/\p{Lu}/u.test(character)) return 'upper';
  if (/\p{Nd}/u.test(character)) return 'digit';
  return /\s/u.test(character) ? 'space' : 'special';
}

function neighbours<Item>(
  items: readonly Item[],
  isCounted: (left: Item, right: Item) => boolean,
): number {
  return items.filter((item, index) => index > 0 && isCounted(items[index - 1]!, item)).length;
}

/** Runs of three neighbours that step by one, up or down: abc, 321. */
function sequences(folded: readonly string[]): number {
  return folded.filter((third, index) => {
    const run = folded.slice(Math.max(0, index - 2), index).concat(third);
    if (run.length < 3) return false;
    const isOneKind =
      run.every((one) => /^[a-z]$/.test(one)) || run.every((one) => /^\d$/.test(one));
    if (!isOneKind) return false;
    const [first, second, last] = run.map((one) => one.charCodeAt(0)) as [number, number, number];
    return Math.abs(second - first) === 1 && second - first === last - second;
  }).length;
}
