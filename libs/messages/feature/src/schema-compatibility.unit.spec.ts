import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_SCHEMAS } from './publications';
import { brokenReleases, incompatibilities, withReleased } from './schema-compatibility';

const released = JSON.parse(
  readFileSync(join(__dirname, '..', 'released-schemas.json'), 'utf8'),
) as Record<string, object>;

const text = { type: 'string' };
const amount = {
  type: 'object',
  properties: { minor: { type: 'integer' } },
  required: ['minor'],
  additionalProperties: false,
};
const open = {
  title: 'A thing happened',
  type: 'object',
  properties: {
    name: text,
    note: text,
    amount,
    kind: { enum: ['A', 'B'] },
    ids: { type: 'array', items: text },
  },
  required: ['name', 'amount'],
};
const closed = { ...open, additionalProperties: false };
const withFields = (schema: typeof open, fields: object, required = schema.required) => ({
  ...schema,
  properties: { ...schema.properties, ...fields },
  required,
});
const { note: _note, ...withoutNote } = open.properties;

describe('The message types that were released', () => {
  it('have the shape they were released with, and none is gone', () => {
    expect(brokenReleases(released, ALL_SCHEMAS)).toEqual([]);
  });

  it('are all known to the committed list', () => {
    expect(Object.keys(ALL_SCHEMAS).filter((type) => !(type in released))).toEqual([]);
  });

  it.each(Object.keys(released))('%s would be missed if it went or lost a field', (type) => {
    const { [type]: schema, ...others } = ALL_SCHEMAS as Record<
      string,
      { readonly properties: Readonly<Record<string, object>> }
    >;
    expect(brokenReleases(released, others)).toEqual([
      `${type} is gone: its consumers wait in vain`,
    ]);
    const [first = '', ...rest] = Object.keys(schema?.properties ?? {});
    const properties = Object.fromEntries(rest.map((name) => [name, schema?.properties[name]]));
    const cut = { ...others, [type]: { ...schema, properties } };
    expect(brokenReleases(released, cut)).toContain(
      `${type}: /${first} was removed; publish it as a new version`,
    );
  });
});

describe('A change of a message type', () => {
  it.each([
    ['a title', { ...open, title: 'Something else' }],
    ['a description of a field', withFields(open, { name: { ...text, description: 'new' } })],
    ['a new optional field of an open type', withFields(open, { more: text })],
  ])('is compatible when it is %s', (_what, present) => {
    expect(incompatibilities(open, present)).toEqual([]);
  });

  it.each([
    ['a field removed', open, { ...open, properties: withoutNote }, '/note was removed'],
    [
      'a field renamed',
      open,
      { ...open, properties: { ...withoutNote, remark: text } },
      '/note was removed',
    ],
    [
      'a field of another type',
      open,
      withFields(open, { name: { type: 'integer' } }),
      '/name has other rules',
    ],
    [
      'a value more in a list',
      open,
      withFields(open, { kind: { enum: ['A', 'B', 'C'] } }),
      '/kind has other rules',
    ],
    [
      'items of another type',
      open,
      withFields(open, { ids: { type: 'array', items: { type: 'integer' } } }),
      '/ids[] has other rules',
    ],
    [
      'a field inside a field removed',
      open,
      withFields(open, { amount: { ...amount, properties: {}, required: [] } }),
      '/amount/minor was removed',
    ],
    [
      'a new required field',
      open,
      withFields(open, { more: text }, ['name', 'amount', 'more']),
      '/more is new and required: older messages lack it',
    ],
    [
      'an optional field required',
      open,
      { ...open, required: ['name', 'amount', 'note'] },
      '/note is required now: older messages may lack it',
    ],
    [
      'a required field optional',
      open,
      { ...open, required: ['amount'] },
      '/name may be absent now',
    ],
    [
      'a new field of a closed type',
      closed,
      withFields(closed, { more: text }),
      '/more is new where no other field was allowed',
    ],
    ['a closed type opened', closed, open, 'the message is open to unknown fields now'],
  ])('is incompatible when it is %s', (_what, before, present, reason) => {
    expect(incompatibilities(before, present)).toContain(reason);
  });

  it('never overwrites what was released; what is new is added', () => {
    const broken = { ...open, properties: withoutNote };
    expect(withReleased({ 'a.v1': open }, { 'a.v1': broken, 'b.v1': closed })).toEqual({
      'a.v1': open,
      'b.v1': closed,
    });
  });
});
