import { Parser } from '@asyncapi/parser';
import { asyncApiDocument } from './async-api';
import { ALL_PUBLICATIONS } from './publications';

/** Whether a diagnostic makes a document invalid. */
const isError = ({ severity }: { readonly severity: number }) => severity === 0;

const parsed = (document: object) => new Parser().parse(JSON.stringify(document));

describe('The AsyncAPI document', () => {
  const document = asyncApiDocument(ALL_PUBLICATIONS, 'encaisse');

  it('is valid AsyncAPI 3 and names every topic and message type', async () => {
    const { document: read, diagnostics } = await parsed(document);
    expect(diagnostics.filter(isError)).toEqual([]);
    expect(read?.version()).toBe('3.0.0');
    const contexts = new Set(
      ALL_PUBLICATIONS.flatMap(({ schemas }) => Object.keys(schemas)).map(
        (type) => type.split('.')[0] ?? '',
      ),
    );
    const addresses = read
      ?.channels()
      .all()
      .map((channel) => channel.address());
    expect(addresses).toEqual([...contexts].sort().map((context) => `encaisse.${context}`));
    const types = read
      ?.allMessages()
      .all()
      .map((message) => message.name())
      .sort();
    expect(types).toEqual(ALL_PUBLICATIONS.flatMap(({ schemas }) => Object.keys(schemas)).sort());
  });

  it('is found invalid by the same reader when an operation names no channel', async () => {
    const operations = { broken: { action: 'send', channel: { $ref: '#/channels/nowhere' } } };
    const { diagnostics } = await parsed({ ...document, operations });
    expect(diagnostics.some(isError)).toBe(true);
  });
});
