import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instant } from '@encaisse/kernel';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import Ajv2020 from 'ajv/dist/2020';
import { envelopeSchema } from './async-api';
import { ALL_PUBLICATIONS, ALL_SCHEMAS } from './publications';

const LIBRARIES = join(__dirname, '..', '..', '..');
const ajv = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  allErrors: true,
  formats: {
    'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
    date: /^\d{4}-\d{2}-\d{2}$/,
  },
});

/** One example of every version of every event ever stored, as the domains keep them. */
function storedExamples(): readonly RecordedEvent[] {
  const files = readdirSync(LIBRARIES, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /[\\/]history[\\/][^\\/]+\.json$/.test(file))
    .map((file) => {
      const { type, schemaVersion, data } = JSON.parse(
        readFileSync(join(LIBRARIES, file), 'utf8'),
      ) as Pick<RecordedEvent, 'type' | 'schemaVersion' | 'data'>;
      return {
        eventId: '0198a1b2-0000-7000-8000-000000000001',
        type,
        schemaVersion,
        data,
        metadata: {
          actor: { kind: 'person', login: 'somebody' },
          correlationId: '0198a1b2-0000-7000-8000-000000000002',
          causationId: null,
        },
        streamId: 'any',
        version: 0,
        position: 1,
        recordedAt: instant('2017-05-15T10:00:00.000Z'),
      };
    });
}

/** What the contract libraries export that looks like a publication. */
function publicationsOfContracts(): readonly string[] {
  return readdirSync(LIBRARIES)
    .map((context) => join(LIBRARIES, context, 'contract', 'src', 'index.ts'))
    .filter((index) => existsSync(index))
    .flatMap((index) => Object.values(jest.requireActual<Record<string, unknown>>(index)))
    .filter(
      (value): value is { name: string } =>
        typeof value === 'object' && value !== null && 'map' in value && 'schemas' in value,
    )
    .map(({ name }) => name);
}

describe('What the contexts publish', () => {
  it('is listed whole: no publication of a contract library is missing', () => {
    expect([...publicationsOfContracts()].sort()).toEqual(
      ALL_PUBLICATIONS.map(({ name }) => name).sort(),
    );
  });

  const made = storedExamples().flatMap((event) =>
    ALL_PUBLICATIONS.flatMap((publication) =>
      publication.map(event).map(({ type, data }) => ({ publication, type, data })),
    ),
  );

  it('is made, each type of it, of at least one stored event', () => {
    const types = ALL_PUBLICATIONS.flatMap(({ schemas }) => Object.keys(schemas));
    expect([...new Set(made.map(({ type }) => type))].sort()).toEqual(types.sort());
  });

  it.each(made.map((one) => [one.type, one] as const))(
    'obeys its schema: %s',
    (type, { publication, data }) => {
      const validate = ajv.compile({ ...publication.schemas[type], $id: `${type}/data` });
      validate(JSON.parse(JSON.stringify(data)));
      expect(validate.errors).toBeNull();
      expect(validate({ ...data, more: 1 })).toBe(false);
    },
  );

  it.each(Object.entries(ALL_SCHEMAS))(
    '%s has a schema by its own name and version',
    (type, schema) => {
      expect(type).toMatch(/^[a-z-]+\.[a-z-]+\.v\d+$/);
      expect(schema).toMatchObject({ $id: `urn:encaisse:event:${type}` });
      expect(ajv.validateSchema(schema)).toBe(true);
      expect(envelopeSchema(type, schema)).not.toHaveProperty('properties.data.$id');
    },
  );
});
