import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, until } from '@encaisse/testing';
import {
  AcquirerLink,
  type AcquirerLinkSettings,
  FrameDecoder,
  type Iso8583Message,
  UnencodableMessageError,
  decodeMessage,
  encodeMessage,
  frame,
} from './index';

/** What waits long enough on a busy machine, where a test does not say otherwise. */
const PATIENT = { answerTimeoutMs: 10_000, connectionWaitMs: 10_000 };

type Reaction = (message: Iso8583Message, socket: Socket) => void;

function answerTo({ mti, fields }: Iso8583Message, code = '00'): Iso8583Message {
  return { mti: `${mti.slice(0, 2)}10`, fields: { ...fields, 39: code } };
}

function write(socket: Socket, ...messages: Iso8583Message[]): void {
  socket.write(Buffer.concat(messages.map((message) => frame(encodeMessage(message)))));
}

const accept: Reaction = (message, socket) => write(socket, answerTo(message));

/** The other end of the wire, doing what each test says. */
class ScriptedAcquirer {
  readonly received: Iso8583Message[] = [];
  readonly sockets: Socket[] = [];
  onNetwork: Reaction = accept;
  onRequest: Reaction = accept;
  private readonly server: Server = createServer((socket) => this.serve(socket));

  listen(port = 0): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<unknown> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    this.sockets.push(socket);
    const decoder = new FrameDecoder();
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) =>
      decoder.push(chunk, (bytes) => {
        const message = decodeMessage(bytes);
        this.received.push(message);
        if (message.mti.startsWith('08')) this.onNetwork(message, socket);
        else this.onRequest(message, socket);
      }),
    );
  }
}

type LogLine = { readonly level: string; readonly details: object; readonly message: string };

function recordingLogger() {
  const lines: LogLine[] = [];
  const at = (level: string) => (details: object, message: string) =>
    void lines.push({ level, details, message });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

describe('Keep one connection to an acquirer', () => {
  let acquirer: ScriptedAcquirer;
  let logger: ReturnType<typeof recordingLogger>;
  let links: AcquirerLink[];

  beforeEach(async () => {
    acquirer = new ScriptedAcquirer();
    logger = recordingLogger();
    links = [];
    await acquirer.listen();
  });

  afterEach(async () => {
    jest.useRealTimers();
    await acquirer.close();
    await Promise.all(links.map((link) => link.close()));
  });

  function linkTo(port: number, settings: Partial<AcquirerLinkSettings> = {}): AcquirerLink {
    const link = new AcquirerLink(
      { host: '127.0.0.1', port, ...PATIENT, firstRetryMs: 20, ...settings },
      logger,
      1,
    );
    links.push(link);
    return link;
  }

  async function readyLink(settings: Partial<AcquirerLinkSettings> = {}): Promise<AcquirerLink> {
    const link = linkTo(acquirer.port, settings);
    link.start();
    await until(() => link.isReady);
    return link;
  }

  function requestOn(link: AcquirerLink): Iso8583Message {
    const fields = { 7: '1122083000', 11: link.nextStan(), 37: '1A2B3C4D5E6F', 41: '00000001' };
    return { mti: '0100', fields };
  }

  it('signs on before anything else and gives the answer to its request', async () => {
    const link = await readyLink();
    const request = requestOn(link);
    const outcome = await link.request(request);
    expect(outcome).toEqual({ kind: 'answered', answer: answerTo(request) });
    expect(acquirer.received[0]).toMatchObject({
      mti: '0800',
      fields: { 11: '000001', 70: '001' },
    });
    expect(acquirer.received[1]).toEqual(request);
  });

  it('gives each answer to its own request, whatever their order', async () => {
    const kept: Iso8583Message[] = [];
    acquirer.onRequest = (message, socket) => {
      kept.push(message);
      if (kept.length < 50) return;
      write(socket, ...kept.reverse().map((one) => answerTo(one, one.fields[11]!.slice(-2))));
    };
    const link = await readyLink();
    const requests = Array.from({ length: 50 }, () => requestOn(link));
    const outcomes = await Promise.all(requests.map((request) => link.request(request)));
    expect(outcomes).toEqual(
      requests.map((one) => ({
        kind: 'answered',
        answer: answerTo(one, one.fields[11]!.slice(-2)),
      })),
    );
    expect(acquirer.sockets).toHaveLength(1);
  });

  it('holds a request back while it connects', async () => {
    acquirer.onNetwork = (message, socket) => void setTimeout(() => accept(message, socket), 50);
    const link = linkTo(acquirer.port);
    link.start();
    expect(await link.request(requestOn(link))).toMatchObject({ kind: 'answered' });
  });

  it('tells that nothing was sent when no connection comes in time', async () => {
    acquirer.onNetwork = () => undefined;
    const link = linkTo(acquirer.port, { connectionWaitMs: 30 });
    link.start();
    expect(await link.request(requestOn(link))).toEqual({ kind: 'not-sent' });
    await until(() => acquirer.received.length > 0);
    expect(acquirer.received.map(({ mti }) => mti)).toEqual(['0800']);
  });

  it('tells at once that nothing was sent when asked not to wait', async () => {
    const link = linkTo(acquirer.port, { connectionWaitMs: 0 });
    expect(await link.request(requestOn(link))).toEqual({ kind: 'not-sent' });
  });

  it('tries again when the sign-on is refused', async () => {
    let attempts = 0;
    acquirer.onNetwork = (message, socket) => {
      attempts += 1;
      write(socket, answerTo(message, attempts === 1 ? '91' : '00'));
    };
    await readyLink();
    expect(attempts).toBe(2);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({
        message: 'acquirer link down',
        details: expect.objectContaining({ detail: 'the sign-on was not accepted' }),
      }),
    );
  });

  it('connects once the acquirer is there', async () => {
    await acquirer.close();
    const port = await freePort();
    const link = linkTo(port);
    link.start();
    await until(() => logger.lines.length >= 2);
    acquirer = new ScriptedAcquirer();
    await acquirer.listen(port);
    await until(() => link.isReady);
    expect(await link.request(requestOn(link))).toMatchObject({ kind: 'answered' });
  });

  it('times out on real time while the wall clock stands still', async () => {
    acquirer.onRequest = () => undefined;
    const link = await readyLink({ answerTimeoutMs: 300 });
    jest.useFakeTimers({
      now: 0,
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
    const before = performance.now();
    expect(await link.request(requestOn(link))).toEqual({ kind: 'timeout' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(295);
    expect(Date.now()).toBe(0);
  });

  it('hands a late answer to its listeners, even when one of them fails', async () => {
    acquirer.onRequest = (message, socket) => void setTimeout(() => accept(message, socket), 150);
    const link = await readyLink({ answerTimeoutMs: 50 });
    const late: Iso8583Message[] = [];
    link.onLateAnswer(() => {
      throw new Error('listener');
    });
    link.onLateAnswer((answer) => late.push(answer));
    const request = requestOn(link);
    expect(await link.request(request)).toEqual({ kind: 'timeout' });
    await until(() => late.length > 0);
    expect(late).toEqual([answerTo(request)]);
  });

  it('hands the second of two answers over as late', async () => {
    acquirer.onRequest = (message, socket) =>
      write(socket, answerTo(message, '05'), answerTo(message, '00'));
    const link = await readyLink();
    const late: Iso8583Message[] = [];
    link.onLateAnswer((answer) => late.push(answer));
    const request = requestOn(link);
    expect(await link.request(request)).toEqual({
      kind: 'answered',
      answer: answerTo(request, '05'),
    });
    await until(() => late.length > 0);
    expect(late).toEqual([answerTo(request)]);
  });

  it.each([
    ['class', { mti: '0410' }, {}],
    ['transmission time', {}, { 7: '1122083001' }],
    ['retrieval reference', {}, { 37: '1A2B3C4D5E6G' }],
    ['terminal', {}, { 41: '00000002' }],
    ['trace number', {}, { 11: '999999' }],
  ])('does not take an answer of another %s', async (_what, other, fields) => {
    acquirer.onRequest = (message, socket) => {
      const answer = answerTo(message);
      write(socket, { ...answer, ...other, fields: { ...answer.fields, ...fields } });
    };
    const link = await readyLink({ answerTimeoutMs: 50 });
    expect(await link.request(requestOn(link))).toEqual({ kind: 'timeout' });
  });

  it('takes an answer that leaves the references out', async () => {
    acquirer.onRequest = ({ fields }, socket) =>
      write(socket, { mti: '0110', fields: { 7: fields[7]!, 11: fields[11]!, 39: '00' } });
    const link = await readyLink();
    expect(await link.request(requestOn(link))).toMatchObject({ kind: 'answered' });
  });

  it('tells that the outcome is lost when the connection is, and connects again', async () => {
    acquirer.onRequest = (_message, socket) => socket.destroy();
    const link = await readyLink();
    const outcomes = await Promise.all([
      link.request(requestOn(link)),
      link.request(requestOn(link)),
    ]);
    expect(outcomes).toEqual([{ kind: 'connection-lost' }, { kind: 'connection-lost' }]);
    acquirer.onRequest = accept;
    expect(await link.request(requestOn(link))).toMatchObject({ kind: 'answered' });
    expect(acquirer.sockets).toHaveLength(2);
  });

  const malformed: readonly [what: string, bytes: Buffer, reason: string][] = [
    ['no message', frame(Buffer.from('hello')), 'mti'],
    ['a length of zero', Buffer.from([0, 0]), 'length'],
    ['a length beyond all', Buffer.from([0xff, 0xff]), 'length'],
    ['a byte too many', frame(Buffer.from('08100020000002000000000001001')), 'end'],
    ['an answer without its code', frame(Buffer.from('08100020000000000000000001')), 'field'],
  ];

  it.each(malformed)('closes on %s, says why and loses nothing', async (_what, bytes, reason) => {
    const waiting: Iso8583Message[] = [];
    acquirer.onRequest = (message, socket) => {
      waiting.push(message);
      if (waiting.length < 2) return;
      const answered = frame(encodeMessage(answerTo(waiting[0]!)));
      socket.write(Buffer.concat([answered, bytes]));
    };
    const link = await readyLink();
    const requests = [requestOn(link), requestOn(link)];
    const [first, second] = await Promise.all(requests.map((request) => link.request(request)));
    expect(first).toMatchObject({ kind: 'answered' });
    expect(second).toEqual({ kind: 'connection-lost' });
    const line = logger.lines.find(({ message }) => message === 'acquirer link down');
    expect(line).toMatchObject({
      level: 'warn',
      details: { reason: 'malformed', detail: expect.stringContaining(reason) },
    });
    await until(() => link.isReady);
    acquirer.onRequest = accept;
    expect(await link.request(requestOn(link))).toMatchObject({ kind: 'answered' });
  });

  it('says so when the connection ends inside a message', async () => {
    acquirer.onRequest = (message, socket) => {
      socket.end(frame(encodeMessage(answerTo(message))).subarray(0, 20));
    };
    const link = await readyLink();
    expect(await link.request(requestOn(link))).toEqual({ kind: 'connection-lost' });
    await until(() => logger.lines.length > 1);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({
        details: expect.objectContaining({
          reason: 'malformed',
          detail: 'ended 20 bytes into an unfinished message',
        }),
      }),
    );
  });

  it('sends an echo at each interval and leaves an acquirer that no longer answers', async () => {
    const echoes: Iso8583Message[] = [];
    acquirer.onNetwork = (message, socket) => {
      if (message.fields[70] === '001') return accept(message, socket);
      echoes.push(message);
      if (echoes.length < 3) accept(message, socket);
    };
    acquirer.onRequest = () => undefined;
    const link = await readyLink({
      echoIntervalMs: 30,
      networkTimeoutMs: 1000,
    });
    expect(await link.request(requestOn(link))).toEqual({ kind: 'connection-lost' });
    expect(echoes.slice(0, 3).map(({ fields }) => fields[70])).toEqual(['301', '301', '301']);
  });

  it('answers the echo of the acquirer', async () => {
    await readyLink();
    const echo = { mti: '0800', fields: { 7: '1122083000', 11: '777777', 70: '301' } };
    write(acquirer.sockets[0]!, echo);
    await until(() => acquirer.received.length === 2);
    expect(acquirer.received[1]).toEqual(answerTo(echo));
  });

  it('throws before anything is sent when a request cannot be written', async () => {
    const link = await readyLink();
    const request = requestOn(link);
    const wrong = { ...request, fields: { ...request.fields, 4: '12.50' } };
    await expect(link.request(wrong)).rejects.toThrow(UnencodableMessageError);
    expect(acquirer.received).toHaveLength(1);
  });

  it('lets requests in flight end when it closes, and takes no other', async () => {
    acquirer.onRequest = (message, socket) => void setTimeout(() => accept(message, socket), 80);
    const link = await readyLink();
    const inFlight = link.request(requestOn(link));
    await pause(10);
    const closed = link.close();
    expect(await link.request(requestOn(link))).toEqual({ kind: 'not-sent' });
    expect(await inFlight).toMatchObject({ kind: 'answered' });
    await closed;
    expect(link.isReady).toBe(false);
    await until(() => acquirer.sockets[0]!.destroyed);
  });

  it('never logs card data', async () => {
    acquirer.onRequest = (message, socket) => {
      write(socket, answerTo(message), answerTo(message));
      socket.write(frame(Buffer.from('0100400000000000000019411111111111111X111')));
    };
    const link = await readyLink();
    const request = requestOn(link);
    await link.request({ ...request, fields: { ...request.fields, 2: '4111111111111111' } });
    await until(() => logger.lines.some(({ message }) => message === 'acquirer link down'));
    expect(logger.lines.some(({ message }) => message === 'answer that nobody waits for')).toBe(
      true,
    );
    expect(JSON.stringify(logger.lines)).not.toContain('41111111');
  });
});
