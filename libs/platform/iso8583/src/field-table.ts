import type { CharacterClass } from './character-class';
import { NOTATIONS } from './field-notations';

/** How the value of a field is written. */
export type FieldShape = {
  readonly number: number;
  /** As the standard writes it: `n 6` is six digits, `an..25` up to 25 characters. */
  readonly notation: string;
  readonly name: string;
  readonly characters: CharacterClass;
  /** Characters of a fixed field, most characters of a variable one. */
  readonly length: number;
  /** Digits of the length written before the value: none when the length is fixed. */
  readonly lengthDigits: 0 | 2 | 3;
};

const BITS_PER_HEXADECIMAL_DIGIT = 4;

function shapeOf(number: number, notation: string, name: string): FieldShape {
  const parts = /^(x\+n|ans|an|ns|n|b|z)(\.{2,3}| )(\d+)$/.exec(notation);
  if (!parts) throw new Error(`Invariant broken: field ${number} has no readable notation`);
  const characters = parts[1] as CharacterClass;
  const size = Number(parts[3]);
  const lengthDigits = parts[2] === ' ' ? 0 : (parts[2]!.length as 2 | 3);
  return {
    number,
    notation,
    name,
    characters,
    length: charactersOf(characters, size),
    lengthDigits,
  };
}

/** Sizes of `b` count bits, and those of `x+n` leave out the sign. */
function charactersOf(characters: CharacterClass, size: number): number {
  if (characters === 'b') return Math.ceil(size / BITS_PER_HEXADECIMAL_DIGIT);
  return characters === 'x+n' ? size + 1 : size;
}

/** Every field of ISO 8583:1987, by its number; empty below 2. */
export const FIELD_TABLE: readonly (FieldShape | undefined)[] = NOTATIONS.reduce<
  (FieldShape | undefined)[]
>(
  (table, [number, notation, name]) => {
    table[number] = shapeOf(number, notation, name);
    return table;
  },
  Array.from({ length: 129 }),
);
