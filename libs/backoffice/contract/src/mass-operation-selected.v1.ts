import {
  MASS_OPERATION_CATEGORY,
  MASS_OPERATIONS,
  type MassOperationSelected,
} from './mass-operation-events';

export const MASS_OPERATION_SELECTED_V1 = 'backoffice.mass-operation-selected.v1';

/** Most transactions of one message. */
export const CHUNK_SIZE = 100;

/** Some transactions are to be operated on, one by one, as the person asks for it alone. */
export type MassOperationSelectedV1 = MassOperationSelected['data'] & {
  readonly requestedBy: {
    readonly kind: 'person' | 'machine' | 'system';
    readonly login: string;
  };
};

const UUID = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
};

/** JSON Schema (draft 2020-12), closed: a name never changes its schema. */
export const MASS_OPERATION_SELECTED_V1_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:encaisse:event:${MASS_OPERATION_SELECTED_V1}`,
  title: 'Some transactions are to be operated on, one by one',
  type: 'object',
  properties: {
    massOperationId: UUID,
    operation: { enum: MASS_OPERATIONS },
    nodeId: { type: 'string' },
    environment: { type: 'string', enum: ['TEST', 'PRODUCTION'] },
    acknowledgeStaleAuthorization: { type: 'boolean' },
    chunk: { type: 'integer', minimum: 0 },
    transactionIds: { type: 'array', items: UUID, minItems: 1, maxItems: CHUNK_SIZE },
    requestedBy: {
      type: 'object',
      properties: {
        kind: { type: 'string', enum: ['person', 'machine', 'system'] },
        login: { type: 'string' },
      },
      required: ['kind', 'login'],
      additionalProperties: false,
    },
  } satisfies Record<keyof MassOperationSelectedV1, object>,
  required: [
    'massOperationId',
    'operation',
    'nodeId',
    'environment',
    'acknowledgeStaleAuthorization',
    'chunk',
    'transactionIds',
    'requestedBy',
  ] satisfies (keyof MassOperationSelectedV1)[],
  additionalProperties: false,
} as const;

type Recorded = {
  readonly type: string;
  readonly data: object;
  readonly metadata: { readonly actor: MassOperationSelectedV1['requestedBy'] };
};

/** What the back office publishes of its mass operations: each chunk, for the cash desk. */
export const massOperationPublication = {
  name: 'backoffice.mass-operations',
  categories: [MASS_OPERATION_CATEGORY],
  schemas: { [MASS_OPERATION_SELECTED_V1]: MASS_OPERATION_SELECTED_V1_SCHEMA },
  map({ type, data, metadata }: Recorded): { type: string; data: MassOperationSelectedV1 }[] {
    if (type !== 'MassOperationSelected') return [];
    const { kind, login } = metadata.actor;
    const selected = data as MassOperationSelected['data'];
    const message = { ...selected, requestedBy: { kind, login } };
    return [{ type: MASS_OPERATION_SELECTED_V1, data: message }];
  },
};
