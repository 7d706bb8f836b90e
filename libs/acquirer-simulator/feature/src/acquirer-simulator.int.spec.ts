import { type Socket, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import {
  FrameDecoder,
  HIDDEN,
  type Iso8583Message,
  decodeMessage,
  encodeMessage,
  frame,
} from '@encaisse/platform/iso8583';
import { until } from '@encaisse/testing';
import { AcquirerSimulator } from './acquirer-simulator';

const GATEWAY_TIMEOUT_MS = 50;
const ORIGINAL = '010000000111220830000000000000000000000000';

function authorization(amount: string, stan = '000001'): Iso8583Message {
  return {
    mti: '0100',
    fields: {
      2: '4111111111111111',
      3: '000000',
      4: amount.padStart(12, '0'),
      7: '1122083000',
      11: stan,
      12: '093000',
      13: '1122',
      14: '2712',
      37: '1A2B3C4D5E6F',
      41: '00000001',
      42: '1234567        ',
      49: '978',
      61: '123',
    },
  };
}

function reversal(amount: string, stan = '000009'): Iso8583Message {
  const { 2: _card, 14: _expiry, 61: _code, ...fields } = authorization(amount).fields;
  return { mti: '0400', fields: { ...fields, 11: stan, 90: ORIGINAL } };
}

describe('Simulate an acquirer', () => {
  let simulator: AcquirerSimulator;
  let socket: Socket;
  let answers: Iso8583Message[];
  const warnings: object[] = [];

  beforeEach(async () => {
    const logger = {
      info: () => undefined,
      warn: (details: object) => void warnings.push(details),
      error: () => undefined,
    };
    simulator = new AcquirerSimulator(
      { port: 0, gatewayTimeoutMs: GATEWAY_TIMEOUT_MS, journalCapacity: 4 },
      logger,
    );
    await simulator.start();
    answers = [];
    warnings.length = 0;
    const decoder = new FrameDecoder();
    socket = connect(simulator.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) =>
      decoder.push(chunk, (bytes) => answers.push(decodeMessage(bytes))),
    );
  });

  afterEach(async () => {
    socket.destroy();
    await simulator.close();
  });

  function send(...messages: Iso8583Message[]): void {
    socket.write(Buffer.concat(messages.map((message) => frame(encodeMessage(message)))));
  }

  it('approves with six characters and repeats what identifies the request, never the card', async () => {
    send(authorization('1000'));
    await until(() => answers.length === 1);
    const { 2: _card, 14: _expiry, 61: _code, ...repeated } = authorization('1000').fields;
    expect(answers[0]).toEqual({ mti: '0110', fields: { ...repeated, 38: '000001', 39: '00' } });
  });

  it.each(['51', '05', '54', '96'])('refuses amounts ending in %s with that code', async (code) => {
    send(authorization(`10${code}`));
    await until(() => answers.length === 1);
    expect(answers[0]!.fields[39]).toBe(code);
    expect(answers[0]!.fields[38]).toBeUndefined();
    expect(simulator.counters.liveAuthorizations).toBe(0);
  });

  it('leaves amounts ending in 91 without an answer and answers their reversal', async () => {
    send(authorization('1091'), reversal('1091'));
    await until(() => answers.length === 1);
    await pause(3 * GATEWAY_TIMEOUT_MS);
    expect(answers.map(({ mti, fields }) => [mti, fields[39]])).toEqual([['0410', '00']]);
  });

  it('approves amounts ending in 92 after twice the time-out of the other side', async () => {
    const before = performance.now();
    send(authorization('1092'));
    await until(() => answers.length === 1);
    expect(performance.now() - before).toBeGreaterThanOrEqual(2 * GATEWAY_TIMEOUT_MS - 5);
    expect(answers[0]).toMatchObject({ mti: '0110', fields: { 38: '000001', 39: '00' } });
    expect(simulator.counters.liveAuthorizations).toBe(1);
  });

  it.each(['51', '05', '54', '91', '92', '96'])(
    'answers at once the reversal of an amount ending in %s',
    async (ending) => {
      send(reversal(`10${ending}`));
      await until(() => answers.length === 1);
      expect(answers[0]).toMatchObject({ mti: '0410', fields: { 39: '00', 90: ORIGINAL } });
    },
  );

  it('reverses once, however often it is asked', async () => {
    send(authorization('1000'), authorization('2000', '000002'));
    send(reversal('1000', '000009'), reversal('1000', '000010'));
    await until(() => answers.length === 4);
    expect(answers.slice(2).map(({ fields }) => fields[39])).toEqual(['00', '00']);
    expect(simulator.counters).toMatchObject({
      authorizations: 2,
      reversals: 2,
      liveAuthorizations: 1,
    });
  });

  it('answers sign-on and echo', async () => {
    send({ mti: '0800', fields: { 7: '1122083000', 11: '000001', 70: '001' } });
    send({ mti: '0800', fields: { 7: '1122083000', 11: '000002', 70: '301' } });
    await until(() => answers.length === 2);
    expect(answers).toEqual([
      { mti: '0810', fields: { 7: '1122083000', 11: '000001', 39: '00', 70: '001' } },
      { mti: '0810', fields: { 7: '1122083000', 11: '000002', 39: '00', 70: '301' } },
    ]);
  });

  const { 4: _amount, ...withoutAmount } = authorization('1000').fields;
  const malformed: readonly [what: string, bytes: Buffer][] = [
    ['bytes that are no message', frame(Buffer.from('GET / HTTP/1.1'))],
    [
      'a byte too many',
      frame(Buffer.concat([encodeMessage(authorization('1000')), Buffer.from('0')])),
    ],
    ['a byte too few', frame(encodeMessage(authorization('1000')).subarray(0, -1))],
    ['a length of zero', Buffer.from([0, 0])],
    ['no amount', frame(encodeMessage({ mti: '0100', fields: withoutAmount }))],
  ];

  it.each(malformed)(
    'closes on %s, says why, and sends the answers before',
    async (_what, bytes) => {
      const isClosed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(Buffer.concat([frame(encodeMessage(authorization('3000', '000003'))), bytes]));
      await isClosed;
      expect(answers).toHaveLength(1);
      expect(simulator.counters).toMatchObject({ authorizations: 1, malformedConnections: 1 });
      expect(warnings).toEqual([expect.objectContaining({ reason: 'malformed', connection: 1 })]);
      expect(JSON.stringify(warnings)).not.toContain('41111111');
    },
  );

  it('keeps the last messages without card data', async () => {
    send(authorization('1000'), authorization('2000', '000002'), authorization('3000', '000003'));
    await until(() => answers.length === 3);
    const { messages } = simulator;
    expect(messages.map(({ direction, message }) => [direction, message.fields[11]])).toEqual([
      ['received', '000002'],
      ['sent', '000002'],
      ['received', '000003'],
      ['sent', '000003'],
    ]);
    expect(messages[0]!.message.fields).toMatchObject({ 2: HIDDEN, 14: HIDDEN, 61: HIDDEN });
    expect(JSON.stringify(messages)).not.toContain('41111111');
  });
});
