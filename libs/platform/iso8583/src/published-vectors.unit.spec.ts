import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELD_TABLE, MalformedMessageError, decodeMessage, encodeMessage } from './index';

const FOLDER = join(__dirname, '../../../../../shared/vectors/iso8583');
const isPresent = existsSync(FOLDER);
const whenPresent = isPresent ? describe : describe.skip;
const reason = isPresent ? '' : ' (skipped: ../shared/vectors/iso8583 is absent)';

function published(name: string): Buffer {
  return readFileSync(join(FOLDER, name));
}

type Specification = { elements: Record<string, { Describe: string }> };

whenPresent(`Messages published by moov-io/iso8583${reason}`, () => {
  it('reads the reversal as the published JSON does', () => {
    const json = JSON.parse(published('iso_reversal_message.json').toString('utf8')) as {
      mti: string;
      elements: Record<string, string>;
    };
    const { '1': _secondaryBitmap, ...fields } = json.elements;
    const message = decodeMessage(published('iso_reversal_message.dat'));
    expect(message).toEqual({ mti: json.mti, fields });
  });

  it.each([
    'financial_transaction_message.dat',
    'financial_transaction_message_response.dat',
    'iso_reversal_message.dat',
    'iso_reversal_message_response.dat',
    'network_management_message.dat',
    'network_management_message_response.dat',
  ])('writes %s again byte for byte', (name) => {
    const bytes = published(name);
    expect(encodeMessage(decodeMessage(bytes)).toString('latin1')).toBe(bytes.toString('latin1'));
  });

  it('refuses the broken message', () => {
    const read = () => decodeMessage(published('error_message.dat'));
    expect(read).toThrow(MalformedMessageError);
    expect(read).toThrow(expect.objectContaining({ part: 55 }));
  });

  it('gives every field the notation of the published specification', () => {
    const text = published('specification_ver_1987.json').toString('latin1');
    const { elements } = JSON.parse(text) as Specification;
    const expected = Object.entries(elements)
      .filter(([number]) => number !== '1')
      .map(([number, { Describe }]) => [Number(number), Describe.split(';')[0]]);
    const ours = FIELD_TABLE.flatMap((shape) => (shape ? [[shape.number, shape.notation]] : []));
    expect(ours).toHaveLength(127);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(expected));
  });
});
