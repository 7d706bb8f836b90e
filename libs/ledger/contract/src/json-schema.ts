/** The part of JSON Schema (draft 2020-12) that the published events are described with. */
export type JsonSchema = {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | null)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
};

export const UUID: JsonSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
};
export const TEXT: JsonSchema = { type: 'string' };
export const INSTANT: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
};
export const BUSINESS_DAY: JsonSchema = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' };
export const ENVIRONMENT: JsonSchema = { type: 'string', enum: ['TEST', 'PRODUCTION'] };
export const RANK: JsonSchema = { type: 'string', pattern: '^\\d{3}$' };
export const CURRENCY: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$' };
/** Minor units, never a float. */
export const MONEY: JsonSchema = {
  type: 'object',
  properties: { minor: { type: 'integer' }, currency: CURRENCY },
  required: ['minor', 'currency'],
  additionalProperties: false,
};

/** A value out of a closed list. */
export function oneOf(...values: readonly (string | null)[]): JsonSchema {
  return { enum: values };
}

/** A closed object: every property is required, none other is allowed. */
export function published(
  type: string,
  title: string,
  properties: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:encaisse:event:${type}`,
    title,
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}
