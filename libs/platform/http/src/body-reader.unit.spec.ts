import 'reflect-metadata';
import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { Expose, Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { bodyReaderOf } from './body-reader';
import { bodyValidation } from './validation';

class SizeBody {
  @IsInt()
  @Min(1)
  @Max(9)
  height!: number;

  @IsOptional()
  @IsIn(['CM', 'IN'])
  unit?: string;
}

class ThingBody {
  @IsString()
  @Length(1, 5)
  name!: string;

  @IsOptional()
  @Matches(/^[A-Z]{2}$/)
  country?: string;

  @IsOptional()
  @IsBoolean()
  isNew?: boolean = true;

  @ValidateIf((thing: ThingBody) => thing.country === 'FR')
  @IsEmail()
  email?: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => SizeBody)
  size!: SizeBody;

  @IsOptional()
  @ValidateNested()
  @Type(() => SizeBody)
  otherSize?: SizeBody;
}

class ListBody {
  @IsArray()
  @IsString({ each: true })
  names!: string[];
}

class TransformedBody {
  @IsString()
  @Transform(({ value }) => String(value).trim())
  name!: string;
}

class RenamedBody {
  @IsString()
  @Expose({ name: 'title' })
  name!: string;
}

class LateBody {
  @ValidateBy({ name: 'late', validator: { validate: () => Promise.resolve(true) } })
  name!: string;
}

class OwnBody {
  @IsOptional()
  @ValidateNested()
  @Type(() => OwnBody)
  own?: OwnBody;
}

class RulelessBody {
  name?: string;
}

const asBody = (metatype: new () => object): ArgumentMetadata => ({ type: 'body', metatype });

const copyOf = (body: object) => JSON.parse(JSON.stringify(body)) as object;

/** Lists, and objects in a place that has no class for them, are the pipe's, right or wrong. */
function isOfPlainValues({ size, otherSize, ...others }: Record<string, unknown>): boolean {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  if (Array.isArray(size) || Array.isArray(otherSize)) return false;
  return !Object.values(others).some(isObject);
}

/** What the pipe answers without the reader. */
async function pipeAnswer(type: new () => object, body: object): Promise<object | null> {
  const transform = ValidationPipe.prototype.transform.bind(bodyValidation());
  return transform(copyOf(body), asBody(type)).then(
    (made: object) => made,
    () => null,
  );
}

/** Values right and wrong, from which bodies are put together. */
const VALUES: readonly unknown[] = [
  'Chair',
  '',
  'A long name',
  'FR',
  'fr',
  'a@b.fr',
  'CM',
  0,
  1,
  9,
  10,
  1.5,
  true,
  false,
  null,
  [],
  {},
  { height: 3 },
  { height: 3, unit: 'CM' },
  { height: 0 },
  { height: '3' },
  { height: 3, width: 3 },
  [{ height: 3 }],
];
const NAMES = ['name', 'country', 'isNew', 'email', 'size', 'otherSize', 'colour'];

/** Bodies of every mix, the same ones at each run. */
function* bodies(count: number): Generator<Record<string, unknown>> {
  let seed = 1;
  const draw = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const right = { name: 'Chair', country: 'FR', email: 'a@b.fr', size: { height: 3 } };
  for (let made = 0; made < count; made += 1) {
    const body: Record<string, unknown> = { ...right };
    for (let change = draw(4); change > 0; change -= 1) {
      const name = NAMES[draw(NAMES.length)]!;
      if (draw(4) === 0) Reflect.deleteProperty(body, name);
      else body[name] = VALUES[draw(VALUES.length)];
    }
    yield body;
  }
}

describe('Read a body by the rules of its class', () => {
  it('takes the bodies that the pipe takes and no other, and makes the same of them', async () => {
    const read = bodyReaderOf(ThingBody)!;
    let taken = 0;
    for (const body of bodies(3000)) {
      const expected = await pipeAnswer(ThingBody, body);
      const made = read(copyOf(body));
      if (made === null && !isOfPlainValues(body)) continue;
      expect({ body, made }).toStrictEqual({ body, made: expected });
      if (made !== null) taken += 1;
    }
    expect(taken).toBeGreaterThan(300);
    expect(taken).toBeLessThan(2700);
  });

  it('reads nested objects into their own class and keeps defaults', () => {
    const made = bodyReaderOf(ThingBody)!({ name: 'Chair', size: { height: 3 } }) as ThingBody;
    expect(made.size).toBeInstanceOf(SizeBody);
    expect(made.isNew).toBe(true);
  });

  it.each([
    ['constructor', '{"name":"Chair","size":{"height":3},"constructor":{}}'],
    ['__proto__', '{"name":"Chair","size":{"height":3},"__proto__":{"country":"FR"}}'],
    ['__proto__ of a nested object', '{"name":"Chair","size":{"height":3,"__proto__":{}}}'],
  ])('leaves a body with the key %s to the pipe', (_key, text) => {
    expect(bodyReaderOf(ThingBody)!(JSON.parse(text) as object)).toBeNull();
  });

  it('leaves bodies that are no plain objects to the pipe', () => {
    const body = Object.assign(Object.create(null) as object, { height: 3 });
    expect(bodyReaderOf(SizeBody)!(body)).toBeNull();
  });

  it.each([
    ['lists', ListBody],
    ['transformations', TransformedBody],
    ['other names', RenamedBody],
    ['a body of its own kind', OwnBody],
    ['no rules', RulelessBody],
  ])('leaves classes with %s to class-validator', (_what, type) => {
    expect(bodyReaderOf(type)).toBeNull();
  });

  it('takes no rule that answers later for a yes', () => {
    expect(bodyReaderOf(LateBody)?.({ name: 'x' }) ?? null).toBeNull();
  });

  it('leaves the words of a refusal to the pipe', async () => {
    const body = { name: 'Chair', size: { height: 0 } };
    const refusal = bodyValidation().transform(body, asBody(ThingBody));
    await expect(refusal).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
