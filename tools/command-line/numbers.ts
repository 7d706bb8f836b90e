import { InvalidArgumentError } from 'commander';

/** Numbers as options of the commands give them. Each throws the error that commander tells. */
export function numberAbove0(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is needed');
  return value;
}

export function wholeFrom0(text: string): number {
  return whole(text, 0);
}

export function wholeFrom1(text: string): number {
  return whole(text, 1);
}

function whole(text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new InvalidArgumentError(`a whole number from ${least} is needed`);
  return value;
}
