import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage';
import { getMetadataStorage, type ValidationArguments } from 'class-validator';

type BodyClass = new () => object;
type Fields = Record<string, unknown>;
type Metadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];
type Condition = (body: object, value: unknown) => boolean;
type Rule = (body: object, value: unknown) => boolean;

/** Makes an instance of a body that keeps all its rules; null for any other, without saying why. */
export type BodyReader = (body: object) => object | null;

/** What the rules of a property come to. */
type Property = {
  readonly name: string;
  /** While one of these does not hold, the property may be anything. */
  readonly conditions: readonly Condition[];
  readonly rules: readonly Rule[];
  /** Reads an object that has rules of its own; null for a property of plain values. */
  readonly nested: BodyReader | null;
};

/** The kinds of metadata of class-validator that a reader knows. */
const CONDITION = 'conditionalValidation';
const NESTED = 'nestedValidation';
const ALLOWED = 'whitelistValidation';
const RULES: ReadonlySet<string> = new Set(['customValidation', 'isDefined']);

const readers = new Map<BodyClass, BodyReader | null>();

/**
 * The rules that decorators set on a class, put together once instead of at every request. It reads
 * bodies of plain values and of objects with rules of their own. Null when a rule goes beyond that
 * (lists, groups, transformations, rules that answer later): such bodies are for class-validator itself.
 */
export function bodyReaderOf(type: BodyClass): BodyReader | null {
  const known = readers.get(type);
  if (known !== undefined) return known;
  // A class that holds itself finds this while its own reader is made.
  readers.set(type, null);
  const reader = makeReader(type);
  readers.set(type, reader);
  return reader;
}

function makeReader(type: BodyClass): BodyReader | null {
  const metadatas = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  if (metadatas.length === 0 || isTransformed(type)) return null;
  const properties: Property[] = [];
  for (const name of new Set(metadatas.map(({ propertyName }) => propertyName))) {
    const own = metadatas.filter(({ propertyName }) => propertyName === name);
    const property = propertyOf(type, name, own);
    if (property === null) return null;
    properties.push(property);
  }
  const byName = new Map(properties.map((property) => [property.name, property]));
  return (given) => {
    if (Object.getPrototypeOf(given) !== Object.prototype) return null;
    const body = new type() as Fields;
    return fill(body, given as Fields, byName) && keepsRules(body, properties) ? body : null;
  };
}

function isTransformed(type: BodyClass): boolean {
  return (
    defaultMetadataStorage.getExposedMetadatas(type).length > 0 ||
    defaultMetadataStorage.getExcludedMetadatas(type).length > 0
  );
}

function propertyOf(type: BodyClass, name: string, own: readonly Metadata[]): Property | null {
  const conditions: Condition[] = [];
  const rules: Rule[] = [];
  let isNested = false;
  for (const metadata of own) {
    // Undefined when a rule was given options without groups, whatever its type says.
    const groups = metadata.groups as readonly string[] | undefined;
    if (metadata.each || metadata.validateIf !== undefined || (groups ?? []).length > 0)
      return null;
    if (metadata.type === CONDITION) conditions.push(metadata.constraints[0] as Condition);
    else if (metadata.type === NESTED) isNested = true;
    else if (RULES.has(metadata.type)) {
      const found = rulesOf(metadata);
      if (found === null) return null;
      rules.push(...found);
    } else if (metadata.type !== ALLOWED) return null;
  }
  const nested = nestedReaderOf(type, name, isNested);
  return nested === 'none' ? null : { name, conditions, rules, nested };
}

/** Null when one of them answers later. */
function rulesOf(metadata: Metadata): Rule[] | null {
  const found = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
  if (found.some(({ async }) => async)) return null;
  const { constraints, propertyName: property } = metadata;
  return found.map(({ instance }) => (object, value) => {
    const { name: targetName } = object.constructor;
    const place: ValidationArguments = { targetName, property, object, value, constraints };
    // A promise is no yes either.
    return instance.validate(value, place) === true;
  });
}

function nestedReaderOf(type: BodyClass, name: string, isNested: boolean) {
  const transforms = TransformationType.PLAIN_TO_CLASS;
  const isChanged =
    defaultMetadataStorage.findTransformMetadatas(type, name, transforms).length > 0;
  const made = defaultMetadataStorage.findTypeMetadata(type, name) as
    { typeFunction?: (options?: object) => unknown; options?: object } | undefined;
  if (isChanged || isNested !== (made !== undefined)) return 'none';
  if (made === undefined) return null;
  const { typeFunction, options } = made;
  if (typeFunction === undefined || Object.keys(options ?? {}).length > 0) return 'none';
  return bodyReaderOf(typeFunction() as BodyClass) ?? 'none';
}

/** False on a field nobody knows, and on a value that only class-transformer may copy. */
function fill(body: Fields, given: Fields, byName: ReadonlyMap<string, Property>): boolean {
  for (const name of Object.keys(given)) {
    const property = byName.get(name);
    if (property === undefined) return false;
    const value = given[name];
    if (value === undefined) continue;
    if (value === null || typeof value !== 'object') {
      body[name] = value;
    } else {
      const read = property.nested?.(value) ?? null;
      if (read === null) return false;
      body[name] = read;
    }
  }
  return true;
}

function keepsRules(body: Fields, properties: readonly Property[]): boolean {
  for (const { name, conditions, rules, nested } of properties) {
    const value = body[name];
    if (!conditions.every((holds) => holds(body, value))) continue;
    for (const rule of rules) if (!rule(body, value)) return false;
    // An object was read by its own rules already; nothing else may stand in its place.
    if (nested !== null && value !== undefined && (value === null || typeof value !== 'object'))
      return false;
  }
  return true;
}
