import { firstStranger } from './character-class';
import { FIELD_TABLE, type FieldShape } from './field-table';
import { type Iso8583Message, MalformedMessageError, UnencodableMessageError } from './message';

const MTI_LENGTH = 4;
const BITMAP_LENGTH = 16;
const BITS_PER_DIGIT = 4;
const FIELDS_PER_BITMAP = 64;
const LAST_FIELD = 128;

/** Version 0 is ISO 8583:1987; the class is 1 to 8. */
const MTI = /^0[1-8]\d\d$/;

/**
 * Writes a message as ISO 8583:1987 bytes: ASCII, hexadecimal bitmaps, two or three digits of length
 * before variable fields. Throws `UnencodableMessageError` when a value has not the shape of its field.
 */
export function encodeMessage({ mti, fields }: Iso8583Message): Buffer {
  if (!MTI.test(mti)) throw new UnencodableMessageError('mti', 'not a type of the 1987 version');
  const primary = new Uint8Array(BITMAP_LENGTH);
  const secondary = new Uint8Array(BITMAP_LENGTH);
  let hasSecondary = false;
  let body = '';
  // Numeric keys of an object come in ascending order, which is the order of the wire.
  for (const key in fields) {
    const number = Number(key);
    const shape = FIELD_TABLE[number];
    if (!shape) throw new UnencodableMessageError(number, 'there is no such field');
    body += fieldText(shape, fields[number]!);
    if (number > FIELDS_PER_BITMAP) hasSecondary = true;
    mark(number > FIELDS_PER_BITMAP ? secondary : primary, (number - 1) % FIELDS_PER_BITMAP);
  }
  if (hasSecondary) mark(primary, 0);
  const bitmaps = hexadecimal(primary) + (hasSecondary ? hexadecimal(secondary) : '');
  return Buffer.from(mti + bitmaps + body, 'latin1');
}

function fieldText(shape: FieldShape, value: string): string {
  const { number, length, lengthDigits } = shape;
  if (lengthDigits === 0 && value.length !== length) {
    throw new UnencodableMessageError(number, `needs ${length} characters, has ${value.length}`);
  }
  if (value.length > length) {
    throw new UnencodableMessageError(number, `holds ${length} characters, not ${value.length}`);
  }
  if (firstStranger(shape.characters, value) >= 0) {
    throw new UnencodableMessageError(number, `a character is not of class ${shape.characters}`);
  }
  return lengthDigits === 0 ? value : String(value.length).padStart(lengthDigits, '0') + value;
}

/** Sets one bit; each digit of a bitmap holds four of them, the highest first. */
function mark(bitmap: Uint8Array, bit: number): void {
  const digit = Math.floor(bit / BITS_PER_DIGIT);
  bitmap[digit] = bitmap[digit]! | (8 >> (bit % BITS_PER_DIGIT));
}

function hexadecimal(bitmap: Uint8Array): string {
  let text = '';
  for (const digit of bitmap) text += digit.toString(16);
  return text.toUpperCase();
}

/**
 * Reads one whole message. Throws `MalformedMessageError` when a byte is missing, in excess or out of
 * its class: nothing is guessed.
 */
export function decodeMessage(bytes: Buffer): Iso8583Message {
  const cursor = { text: bytes.toString('latin1'), offset: 0 };
  const mti = take(cursor, MTI_LENGTH, 'mti');
  if (!MTI.test(mti)) throw new MalformedMessageError('mti', 0, 'not a type of the 1987 version');
  const numbers = takeBitmap(cursor, 0);
  if (numbers[0] === 1) numbers.push(...takeBitmap(cursor, FIELDS_PER_BITMAP));
  const fields: Record<number, string> = {};
  for (const number of numbers) {
    if (number !== 1) fields[number] = takeField(cursor, number);
  }
  if (cursor.offset !== cursor.text.length) {
    const excess = cursor.text.length - cursor.offset;
    throw new MalformedMessageError('end', cursor.offset, `${excess} bytes too many`);
  }
  return { mti, fields };
}

type Cursor = { readonly text: string; offset: number };

function take(cursor: Cursor, length: number, part: 'mti' | 'bitmap' | number): string {
  const { text, offset } = cursor;
  const missing = offset + length - text.length;
  if (missing > 0) throw new MalformedMessageError(part, offset, `${missing} bytes are missing`);
  cursor.offset += length;
  return text.slice(offset, offset + length);
}

/** Numbers of the fields a bitmap announces, counted from the field before its first bit. */
function takeBitmap(cursor: Cursor, fieldBefore: number): number[] {
  const start = cursor.offset;
  const digits = take(cursor, BITMAP_LENGTH, 'bitmap');
  const stranger = firstStranger('b', digits);
  if (stranger >= 0) {
    throw new MalformedMessageError('bitmap', start + stranger, 'not a hexadecimal digit');
  }
  const numbers: number[] = [];
  for (let position = 0; position < BITMAP_LENGTH; position += 1) {
    const digit = Number.parseInt(digits.charAt(position), 16);
    for (let bit = 0; bit < BITS_PER_DIGIT; bit += 1) {
      if (digit & (8 >> bit)) numbers.push(fieldBefore + position * BITS_PER_DIGIT + bit + 1);
    }
  }
  return numbers;
}

function takeField(cursor: Cursor, number: number): string {
  const shape = FIELD_TABLE[number];
  if (!shape || number > LAST_FIELD) {
    throw new MalformedMessageError(number, cursor.offset, 'there is no such field');
  }
  const length = shape.lengthDigits === 0 ? shape.length : takeLength(cursor, shape);
  const start = cursor.offset;
  const value = take(cursor, length, number);
  const stranger = firstStranger(shape.characters, value);
  if (stranger >= 0) {
    const problem = `a character is not of class ${shape.characters}`;
    throw new MalformedMessageError(number, start + stranger, problem);
  }
  return value;
}

function takeLength(cursor: Cursor, shape: FieldShape): number {
  const start = cursor.offset;
  const digits = take(cursor, shape.lengthDigits, shape.number);
  if (firstStranger('n', digits) >= 0) {
    throw new MalformedMessageError(shape.number, start, 'its length is not a number');
  }
  const length = Number(digits);
  if (length > shape.length) {
    throw new MalformedMessageError(shape.number, start, `longer than ${shape.length} characters`);
  }
  return length;
}
