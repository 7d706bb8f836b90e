import type { Publication } from '@encaisse/platform/message-bus';

type Json = Readonly<Record<string, unknown>>;

const CONTENT_TYPE = 'application/cloudevents+json';
/** AsyncAPI reads schemas of draft 07; ours use only what both drafts have. */
const OTHER_DRAFT = new Set(['$schema', '$id']);

function dataSchema(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !OTHER_DRAFT.has(name)));
}

/** The CloudEvents 1.0 envelope around the data of one message type. */
export function envelopeSchema(type: string, schema: object): Json {
  const text = { type: 'string' };
  return {
    type: 'object',
    properties: {
      specversion: { const: '1.0' },
      id: { ...text, description: 'unique and stable: a message that comes again has the same' },
      source: { const: `/encaisse/${contextOf(type)}` },
      type: { const: type },
      subject: { ...text, description: 'the stream; order is kept per subject' },
      time: { ...text, format: 'date-time', description: 'when the log recorded the event' },
      datacontenttype: { const: 'application/json' },
      dataschema: { const: `urn:encaisse:event:${type}` },
      traceparent: { ...text, description: 'W3C trace context of the request' },
      correlationid: { ...text, description: 'ties together what came from one request' },
      logposition: { ...text, pattern: '^\\d+$', description: 'position of the event in the log' },
      logordinal: { type: 'integer', minimum: 0 },
      data: dataSchema(schema),
    },
    required: [
      ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype'],
      ...['dataschema', 'correlationid', 'logposition', 'logordinal', 'data'],
    ],
  };
}

export function contextOf(name: string): string {
  return name.split('.')[0] ?? name;
}

function messageOf(type: string, schema: object): Json {
  const { title } = schema as { readonly title?: string };
  return {
    name: type,
    ...(title === undefined ? {} : { title }),
    contentType: CONTENT_TYPE,
    payload: envelopeSchema(type, schema),
    bindings: { kafka: { key: { type: 'string', description: 'the stream, as subject' } } },
  };
}

function channelOf(context: string, types: readonly string[], prefix: string): Json {
  return {
    address: `${prefix}.${context}`,
    title: `What ${context} publishes`,
    messages: Object.fromEntries(
      types.map((type) => [type, { $ref: `#/components/messages/${type}` }]),
    ),
  };
}

/** The AsyncAPI 3 document of all that the given publications make, on topics of the given prefix. */
export function asyncApiDocument(publications: readonly Publication[], prefix: string): Json {
  const schemas = publications.flatMap((one) => Object.entries(one.schemas));
  const contexts = [...new Set(schemas.map(([type]) => contextOf(type)))].sort();
  const typesOf = (context: string): readonly string[] =>
    schemas.map(([type]) => type).filter((type) => contextOf(type) === context);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Encaisse — messages',
      version: '1',
      description:
        'CloudEvents 1.0 in structured JSON on Kafka, one topic per context. At least once, in order ' +
        'per key; a message that comes again has the same id. A type names its version and never ' +
        'changes its schema. Amounts are { minor, currency } in ISO 4217 minor units.',
    },
    defaultContentType: CONTENT_TYPE,
    channels: Object.fromEntries(
      contexts.map((context) => [context, channelOf(context, typesOf(context), prefix)]),
    ),
    operations: Object.fromEntries(
      contexts.map((context) => [
        `publish-${context}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${context}` },
          messages: typesOf(context).map((type) => ({
            $ref: `#/channels/${context}/messages/${type}`,
          })),
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        schemas.map(([type, schema]) => [type, messageOf(type, schema)]),
      ),
    },
  };
}
