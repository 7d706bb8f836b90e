/**
 * The characters a field may hold (ISO 8583:1987 §4): `n` digits, `an` letters, digits and blanks, `ns`
 * digits and signs, `ans` any printable character, `b` binary written in hexadecimal, `z` the code set
 * of magnetic tracks, `x+n` a sign C (credit) or D (debit) before digits.
 */
export type CharacterClass = 'n' | 'an' | 'ns' | 'ans' | 'b' | 'z' | 'x+n';

const ALPHANUMERIC = /[0-9A-Za-z ]/;

const MEMBERS: Record<Exclude<CharacterClass, 'x+n'>, (character: string) => boolean> = {
  n: (character) => /[0-9]/.test(character),
  an: (character) => ALPHANUMERIC.test(character),
  ns: (character) => !/[A-Za-z]/.test(character),
  ans: () => true,
  b: (character) => /[0-9A-Fa-f]/.test(character),
  z: (character) => /[0-9:;<=>?D]/.test(character),
};

const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

function tableOf(isMember: (character: string) => boolean): Uint8Array {
  const table = new Uint8Array(256);
  for (let code = FIRST_PRINTABLE; code <= LAST_PRINTABLE; code += 1) {
    if (isMember(String.fromCharCode(code))) table[code] = 1;
  }
  return table;
}

/** A look-up per class: every character of every message is checked, in both directions. */
const TABLES = {
  n: tableOf(MEMBERS.n),
  an: tableOf(MEMBERS.an),
  ns: tableOf(MEMBERS.ns),
  ans: tableOf(MEMBERS.ans),
  b: tableOf(MEMBERS.b),
  z: tableOf(MEMBERS.z),
};

/** Position of the first character that the class does not hold, -1 when all of them belong. */
export function firstStranger(characters: CharacterClass, text: string): number {
  if (characters === 'x+n') {
    if (text[0] !== 'C' && text[0] !== 'D') return 0;
    const stranger = firstStranger('n', text.slice(1));
    return stranger < 0 ? stranger : stranger + 1;
  }
  const table = TABLES[characters];
  for (let position = 0; position < text.length; position += 1) {
    if (table[text.charCodeAt(position)] !== 1) return position;
  }
  return -1;
}
