import * as fc from 'fast-check';
import {
  FIELD_TABLE,
  type FieldShape,
  HIDDEN,
  type Iso8583Message,
  MalformedMessageError,
  UnencodableMessageError,
  decodeMessage,
  describeMessage,
  encodeMessage,
} from './index';

/** One message typed as hexadecimal bytes from the standard, and what it says. */
type Fixture = {
  readonly name: string;
  readonly hexadecimal: string;
  readonly message: Iso8583Message;
};

/** Typed by hand, field after field; the codec had no part in them. */
const FIXTURES: readonly Fixture[] = [
  {
    name: '0100, a distance sale of 12.50 euros',
    hexadecimal: `
      30313030
      37323343303438313038433038303038
      3136 34313131313131313131313131313131
      303030303030
      303030303030303031323530
      31313232303833303030
      303030313233
      303933303030
      31313232
      32373132
      303132
      3539
      3035 3330303033
      314132423343344435453646
      3030303030303031
      313233343536372020202020202020
      393738
      303033 313233`,
    message: {
      mti: '0100',
      fields: {
        2: '4111111111111111',
        3: '000000',
        4: '000000001250',
        7: '1122083000',
        11: '000123',
        12: '093000',
        13: '1122',
        14: '2712',
        22: '012',
        25: '59',
        32: '30003',
        37: '1A2B3C4D5E6F',
        41: '00000001',
        42: '1234567        ',
        49: '978',
        61: '123',
      },
    },
  },
  {
    name: '0110, approved under number A1B2C3',
    hexadecimal: `
      30313130
      33323338303030313045433038303030
      303030303030
      303030303030303031323530
      31313232303833303030
      303030313233
      303933303030
      31313232
      3035 3330303033
      314132423343344435453646
      413142324333
      3030
      3030303030303031
      313233343536372020202020202020
      393738`,
    message: {
      mti: '0110',
      fields: {
        3: '000000',
        4: '000000001250',
        7: '1122083000',
        11: '000123',
        12: '093000',
        13: '1122',
        32: '30003',
        37: '1A2B3C4D5E6F',
        38: 'A1B2C3',
        39: '00',
        41: '00000001',
        42: '1234567        ',
        49: '978',
      },
    },
  },
  {
    name: '0400, the reversal naming the original in field 90',
    hexadecimal: `
      30343030
      46323338303030313043433038303030 30303030303034303030303030303030
      3136 34313131313131313131313131313131
      303030303030
      303030303030303031323530
      31313232303833303135
      303030313234
      303933303135
      31313232
      3035 3330303033
      314132423343344435453646
      413142324333
      3030303030303031
      313233343536372020202020202020
      393738
      30313030 303030313233 31313232303833303030 3030303030303330303033 3030303030303030303030`,
    message: {
      mti: '0400',
      fields: {
        2: '4111111111111111',
        3: '000000',
        4: '000000001250',
        7: '1122083015',
        11: '000124',
        12: '093015',
        13: '1122',
        32: '30003',
        37: '1A2B3C4D5E6F',
        38: 'A1B2C3',
        41: '00000001',
        42: '1234567        ',
        49: '978',
        90: '010000012311220830000000003000300000000000',
      },
    },
  },
  {
    name: '0410, the reversal answered',
    hexadecimal: `
      30343130
      42323230303030313041433038303030 30303030303034303030303030303030
      303030303030
      303030303030303031323530
      31313232303833303135
      303030313234
      3035 3330303033
      314132423343344435453646
      3030
      3030303030303031
      313233343536372020202020202020
      393738
      30313030 303030313233 31313232303833303030 3030303030303330303033 3030303030303030303030`,
    message: {
      mti: '0410',
      fields: {
        3: '000000',
        4: '000000001250',
        7: '1122083015',
        11: '000124',
        32: '30003',
        37: '1A2B3C4D5E6F',
        39: '00',
        41: '00000001',
        42: '1234567        ',
        49: '978',
        90: '010000012311220830000000003000300000000000',
      },
    },
  },
  {
    name: '0800, sign-on',
    hexadecimal: `
      30383030
      38323230303030303030303030303030 30343030303030303030303030303030
      31313232303832393539
      303030303031
      303031`,
    message: { mti: '0800', fields: { 7: '1122082959', 11: '000001', 70: '001' } },
  },
  {
    name: '0810, sign-on accepted',
    hexadecimal: `
      30383130
      38323230303030303032303030303030 30343030303030303030303030303030
      31313232303832393539
      303030303031
      3030
      303031`,
    message: { mti: '0810', fields: { 7: '1122082959', 11: '000001', 39: '00', 70: '001' } },
  },
];

function bytesOf(hexadecimal: string): Buffer {
  return Buffer.from(hexadecimal.replaceAll(/\s/g, ''), 'hex');
}

function malformation(bytes: Buffer): MalformedMessageError {
  try {
    decodeMessage(bytes);
  } catch (error) {
    if (error instanceof MalformedMessageError) return error;
    throw error;
  }
  throw new Error('the bytes were read as a message');
}

describe('Write and read ISO 8583 messages', () => {
  it.each(FIXTURES)('reads $name', ({ hexadecimal, message }) => {
    expect(decodeMessage(bytesOf(hexadecimal))).toEqual(message);
  });

  it.each(FIXTURES)('writes $name', ({ hexadecimal, message }) => {
    expect(encodeMessage(message).toString('hex')).toBe(bytesOf(hexadecimal).toString('hex'));
  });

  it.each(FIXTURES)('finds any byte missing from or added to $name', ({ hexadecimal }) => {
    const bytes = bytesOf(hexadecimal);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(malformation(bytes.subarray(0, length)).problem).toMatch(/missing/);
    }
    const longer = Buffer.concat([bytes, Buffer.from('0')]);
    expect(malformation(longer)).toMatchObject({ part: 'end', offset: bytes.length });
  });

  it('takes a bitmap in small letters', () => {
    const bytes = Buffer.from('0110' + '000000000e000000' + '1A2B3C4D5E6F' + 'A1B2C3' + '00');
    const fields = { 37: '1A2B3C4D5E6F', 38: 'A1B2C3', 39: '00' };
    expect(decodeMessage(bytes)).toEqual({ mti: '0110', fields });
  });

  it('takes a variable field of no character', () => {
    const bytes = Buffer.from('0100' + '0000000100000000' + '00');
    expect(decodeMessage(bytes)).toEqual({ mti: '0100', fields: { 32: '' } });
  });
});

describe('Refuse malformed bytes', () => {
  const rows: readonly [why: string, bytes: string, part: unknown, offset: number][] = [
    ['nothing at all', '', 'mti', 0],
    ['a type of letters', '01X0' + '0000000000000000', 'mti', 0],
    ['a type of the 1993 version', '1100' + '0000000000000000', 'mti', 0],
    ['a bitmap that is not hexadecimal', '0100' + '00000000000000G0', 'bitmap', 18],
    ['half a bitmap', '0100' + '00000000', 'bitmap', 4],
    ['a second bitmap announced and absent', '0800' + '8000000000000000', 'bitmap', 20],
    ['a field announced and absent', '0100' + '2000000000000000', 3, 20],
    ['a field cut short', '0100' + '2000000000000000' + '00000', 3, 20],
    ['a letter in a number', '0100' + '2000000000000000' + '00O000', 3, 22],
    ['a length that is no number', '0100' + '4000000000000000' + '1X4111', 2, 20],
    ['a length cut short', '0100' + '4000000000000000' + '1', 2, 20],
    ['a length beyond the field', '0100' + '4000000000000000' + '20' + '4'.repeat(20), 2, 20],
    ['a length beyond the bytes', '0100' + '4000000000000000' + '16' + '4'.repeat(15), 2, 22],
    ['a letter in a card number', '0100' + '4000000000000000' + '03' + '41A', 2, 24],
    ['an amount without its sign', '0100' + '0000001000000000' + '012345678', 28, 20],
    ['a byte above ASCII', '0100' + '0000000000800000' + '0000000\u00e9', 41, 27],
    ['a control character', '0100' + '0000000000800000' + '000000\n0', 41, 26],
    ['a digit that is not hexadecimal', '0100' + '0000000000000001' + '0123456789ABCDEG', 64, 35],
    ['bytes after the last field', '0800' + '0020000000000000' + '000001' + ' ', 'end', 26],
  ];

  it.each(rows)('refuses %s', (_why, text, part, offset) => {
    expect(malformation(Buffer.from(text, 'latin1'))).toMatchObject({ part, offset });
  });

  it('never repeats the bytes in its error', () => {
    const card = '4111111111111111';
    const error = malformation(Buffer.from('0100' + '4000000000000000' + '17' + card + 'X'));
    expect(JSON.stringify(error) + String(error) + (error.stack ?? '')).not.toContain('41111111');
  });
});

describe('Refuse to write a value that has not the shape of its field', () => {
  const rows: readonly [why: string, message: Iso8583Message, part: unknown][] = [
    ['a type of the 1993 version', { mti: '1100', fields: {} }, 'mti'],
    ['an amount of eleven digits', { mti: '0100', fields: { 4: '00000001250' } }, 4],
    ['an amount with a point', { mti: '0100', fields: { 4: '000000012.50' } }, 4],
    ['a card number of 20 digits', { mti: '0100', fields: { 2: '4'.repeat(20) } }, 2],
    ['an accent in a name', { mti: '0100', fields: { 43: 'Caf\u00e9'.padEnd(40) } }, 43],
    ['the bitmap as a field', { mti: '0100', fields: { 1: '0'.repeat(16) } }, 1],
    ['a field beyond 128', { mti: '0100', fields: { 129: '0' } }, 129],
  ];

  it.each(rows)('refuses %s', (_why, message, part) => {
    expect(() => encodeMessage(message)).toThrow(UnencodableMessageError);
    expect(() => encodeMessage(message)).toThrow(expect.objectContaining({ part }));
  });

  it('never repeats the value in its error', () => {
    const message = { mti: '0100', fields: { 2: '4111111111111111X' } };
    expect(() => encodeMessage(message)).toThrow(/^(?!.*41111111).*$/);
  });
});

const CHARACTERS: Record<string, string> = {
  n: '0123456789',
  an: '0123456789ABCXYZabcxyz ',
  ns: '0123456789 -./=#',
  ans: '0123456789 ABCxyz~!-"{}',
  b: '0123456789ABCDEFabcdef',
  z: '0123456789=?;D',
};

function valuesOf({ characters, length, lengthDigits }: FieldShape): fc.Arbitrary<string> {
  if (characters === 'x+n') {
    const digits = fc.string({
      unit: fc.constantFrom(...Array.from(CHARACTERS['n']!)),
      minLength: length - 1,
      maxLength: length - 1,
    });
    return fc.tuple(fc.constantFrom('C', 'D'), digits).map(([sign, text]) => sign + text);
  }
  const minLength = lengthDigits === 0 ? length : 0;
  const unit = fc.constantFrom(...Array.from(CHARACTERS[characters]!));
  return fc.string({ unit, minLength, maxLength: length });
}

const anyMessage: fc.Arbitrary<Iso8583Message> = fc
  .tuple(
    fc.constantFrom('0100', '0110', '0400', '0410', '0800', '0810', '0200', '0421'),
    fc.uniqueArray(fc.integer({ min: 2, max: 128 }), { maxLength: 40 }),
  )
  .chain(([mti, numbers]) => {
    const values = numbers.map((number) => valuesOf(FIELD_TABLE[number]!));
    return fc.tuple(...values).map((texts) => ({
      mti,
      fields: Object.fromEntries(numbers.map((number, index) => [number, texts[index]!])),
    }));
  });

describe('Any message of the 1987 table', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual(message);
      }),
      { numRuns: 300 },
    );
  });

  it('is malformed or read again as it stands when any one byte is altered', () => {
    const alteration = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(anyMessage, alteration, (message, { at, byte }) => {
        const bytes = encodeMessage(message);
        bytes[at % bytes.length] = byte;
        let read: Iso8583Message;
        try {
          read = decodeMessage(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError);
          return;
        }
        expect(decodeMessage(encodeMessage(read))).toEqual(read);
      }),
      { numRuns: 300 },
    );
  });
});

describe('Describe a message for logs', () => {
  it('hides every field but those known to be harmless', () => {
    const fields: Record<number, string> = {};
    for (const shape of FIELD_TABLE) if (shape) fields[shape.number] = `value ${shape.number}`;
    const described = describeMessage({ mti: '0100', fields }).fields;
    for (const secret of [
      2, 14, 20, 34, 35, 36, 43, 44, 45, 48, 52, 53, 55, 61, 62, 63, 102, 103,
    ]) {
      expect(described[secret]).toBe(HIDDEN);
    }
    expect(Object.keys(described)).toHaveLength(127);
    expect(described[39]).toBe('value 39');
    expect(described[90]).toBe('value 90');
  });
});
