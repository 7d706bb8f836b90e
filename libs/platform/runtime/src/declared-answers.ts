import { type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, getSchemaPath } from '@nestjs/swagger';
import { PUBLIC } from '@encaisse/platform/http';

type Schema = { readonly $ref?: string; readonly properties?: Readonly<Record<string, unknown>> };
type Header = { readonly in: string; readonly name: string };
type Answers = Record<string, { description?: string; headers?: object; content?: object }>;

/** The parts of an operation of the document that are completed here. */
type Operation = {
  operationId?: string;
  parameters?: Header[];
  requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  responses: Answers;
  security?: object[];
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
} as const;

/** What a refusal looks like (RFC 9457); members besides these depend on its code. */
export const PROBLEM_SCHEMA = {
  ...PROBLEM,
  properties: {
    type: { type: 'string', example: '/problems/not-found' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', example: 'urn:encaisse:request:019abd2c' },
    code: { type: 'string', example: 'not-found' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
  additionalProperties: true,
} as const;

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request breaks a rule',
  401: 'The caller is not known',
  403: 'The caller may not do this',
  404: 'There is nothing here, or nothing to be seen',
  409: 'The state forbids it, or the id was used before',
  413: 'The body is larger than 1 MiB',
  415: 'The body is not JSON',
  422: 'The request contradicts the facts',
  429: 'There were too many attempts',
  503: 'A part the request needs is away',
};

/** Declares what every route may refuse, by what its decorators say, and the headers all share. */
export function declareAnswers(app: NestFastifyApplication, document: OpenAPIObject): void {
  const isPublic = publicOperations(app);
  const schemas = (document.components ??= {}).schemas ?? {};
  document.components.schemas = { ...schemas, Problem: PROBLEM_SCHEMA as never };
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (!operation) continue;
      const isOpen = isPublic.has(operation.operationId ?? '');
      if (isOpen) operation.security = [];
      const isRead = method === 'get';
      if (path.startsWith('/api/v1/') || !isOpen) {
        declareRefusals(operation, statusesOf(isRead, isOpen));
        declareHeaders(operation, isRead, document);
      }
    }
}

function statusesOf(isRead: boolean, isOpen: boolean): readonly number[] {
  const known = isOpen && isRead ? [] : [401, 403, 404];
  const changing = isRead ? [] : [409, 413, 415];
  return [400, ...known, ...changing, 422, ...(isOpen ? [429] : []), 503];
}

function declareRefusals(operation: Operation, statuses: readonly number[]): void {
  const content = {
    'application/problem+json': { schema: { $ref: getSchemaPath('Problem') } },
  };
  for (const status of statuses)
    if (!(status in operation.responses))
      operation.responses[status] = { description: TITLES[status] ?? '', content };
}

function declareHeaders(operation: Operation, isRead: boolean, document: OpenAPIObject): void {
  const add = (name: string, description: string, schema: object) => {
    const parameters = (operation.parameters ??= []);
    const isThere = parameters.some(
      (one) => one.in === 'header' && one.name.toLowerCase() === name.toLowerCase(),
    );
    if (!isThere)
      parameters.push({ in: 'header', name, required: false, description, schema } as Header);
  };
  const position = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
  if (isRead) {
    add('Ledger-Position', 'The read waits until its models have reached it', position);
    return;
  }
  if (hasChosenId(operation, document))
    add('Idempotency-Key', 'Instead of the id of the body', { type: 'string', maxLength: 255 });
  for (const [status, answer] of Object.entries(operation.responses))
    if (status.startsWith('2'))
      answer.headers = {
        'Ledger-Position': { description: 'To read one’s own write', schema: position },
        ...answer.headers,
      };
}

/** Whether the caller chooses an id in the body, which a header may then stand for. */
function hasChosenId({ requestBody }: Operation, document: OpenAPIObject): boolean {
  const schema = requestBody?.content?.['application/json']?.schema;
  const name = schema?.$ref?.split('/').at(-1);
  const body = name === undefined ? schema : (document.components?.schemas?.[name] as Schema);
  return body?.properties?.['id'] !== undefined;
}

/** The operations that anybody may call, by the id the document gives them. */
function publicOperations(app: NestFastifyApplication): ReadonlySet<string> {
  const open = new Set<string>();
  for (const module of app.get(ModulesContainer).values())
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const members = Object.getOwnPropertyDescriptors((metatype as Type).prototype as object);
      for (const [name, { value }] of Object.entries(members)) {
        if (typeof value !== 'function') continue;
        const isOpen: unknown =
          Reflect.getMetadata(PUBLIC, value as object) ?? Reflect.getMetadata(PUBLIC, metatype);
        if (isOpen === true) open.add(`${metatype.name}_${name}`);
      }
    }
  return open;
}
