import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { AcquirerSimulator } from '@encaisse/acquirer-simulator/feature';
import {
  type AuthorizationRequest,
  Iso8583AcquirerGateway,
  type LateAnswer,
  type ReversalRequest,
} from '@encaisse/authorization/feature';
import { SystemClock } from '@encaisse/platform/clock';
import { freePort, until } from '@encaisse/testing';

const TIMEOUT_MS = 1000;
const now = new SystemClock().now();

const warnings: object[] = [];
const logger = {
  info: () => undefined,
  warn: (details: object) => void warnings.push(details),
  error: (details: object) => void warnings.push(details),
};

/** A network between the two that a test may spoil. */
class Network {
  private readonly server: Server = createServer((near) => this.join(near));
  private readonly sockets: Socket[] = [];

  constructor(private readonly farPort: number) {}

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy();
  }

  /** Slips bytes between what the two sides say; even places are towards the gateway. */
  slipIn(bytes: Buffer, towards: 'gateway' | 'acquirer'): void {
    this.sockets.at(towards === 'gateway' ? -2 : -1)!.write(bytes);
  }

  close(): Promise<unknown> {
    this.cut();
    return new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    const far = connect(this.farPort, '127.0.0.1');
    this.sockets.push(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}

describe('Ask the acquirer over the socket', () => {
  let simulator: AcquirerSimulator;
  let network: Network;
  let gateway: Iso8583AcquirerGateway;
  let late: LateAnswer[];

  beforeEach(async () => {
    warnings.length = 0;
    late = [];
    simulator = new AcquirerSimulator(
      { port: await freePort(), gatewayTimeoutMs: TIMEOUT_MS },
      logger,
    );
    await simulator.start();
    network = new Network(simulator.port);
    await network.listen();
    gateway = new Iso8583AcquirerGateway(
      { host: '127.0.0.1', port: network.port, timeoutMs: TIMEOUT_MS, firstRetryMs: 20 },
      logger,
    );
    gateway.onLateAnswer((answer) => late.push(answer));
    gateway.onModuleInit();
    await until(() => gateway.isReady);
  });

  afterEach(async () => {
    await gateway.close();
    await network.close();
    await simulator.close();
  });

  function request(minor: number): AuthorizationRequest {
    return {
      cardNumber: '4111111111111111',
      expiry: '2712',
      verificationCode: '123',
      amount: { minor, currency: 'EUR' },
      contractNumber: '1234567',
      rank: '001',
      channel: 'E_COMMERCE',
      trace: gateway.nextTrace(now),
    };
  }

  function reversalOf({ trace, amount }: AuthorizationRequest): ReversalRequest {
    return {
      original: trace,
      amount,
      contractNumber: '1234567',
      rank: '001',
      cardNumber: null,
      authorizationNumber: null,
      at: now,
    };
  }

  const answered = (responseCode: string, authorizationNumber: string | null = null) => ({
    kind: 'answered',
    responseCode,
    authorizationNumber,
  });

  it('gets an authorisation number', async () => {
    expect(await gateway.authorize(request(10_00))).toEqual(answered('00', '000001'));
  });

  it.each([
    [10_51, '51'],
    [10_05, '05'],
    [10_54, '54'],
    [10_96, '96'],
  ])('is refused an amount of %i with code %s', async (minor, code) => {
    expect(await gateway.authorize(request(minor))).toEqual(answered(code));
  });

  it('does not know the outcome of an amount never answered, and reverses it', async () => {
    const unanswered = request(10_91);
    expect(await gateway.authorize(unanswered)).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(await gateway.reverse(reversalOf(unanswered))).toEqual({
      kind: 'answered',
      responseCode: '00',
    });
    expect(late).toEqual([]);
  });

  it('reverses an amount answered too late, then hears the late approval', async () => {
    const belated = request(10_92);
    expect(await gateway.authorize(belated)).toEqual({ kind: 'unknown', cause: 'timeout' });
    expect(simulator.counters.liveAuthorizations).toBe(1);
    expect(await gateway.reverse(reversalOf(belated))).toMatchObject({ responseCode: '00' });
    expect(simulator.counters.liveAuthorizations).toBe(0);
    await until(() => late.length > 0);
    expect(late).toEqual([
      {
        kind: 'authorization',
        stan: belated.trace.stan,
        retrievalReference: belated.trace.retrievalReference,
        responseCode: '00',
        authorizationNumber: '000001',
      },
    ]);
  });

  it('does not know the outcome when the connection drops, and reverses on the next one', async () => {
    const interrupted = request(10_92);
    const outcome = gateway.authorize(interrupted);
    await until(() => simulator.counters.authorizations === 1);
    network.cut();
    expect(await outcome).toEqual({ kind: 'unknown', cause: 'connection-lost' });
    expect(await gateway.reverse(reversalOf(interrupted))).toMatchObject({ responseCode: '00' });
    expect(simulator.counters).toMatchObject({ connections: 2, liveAuthorizations: 0 });
  });

  it('sends nothing while the acquirer is away, and recovers without help', async () => {
    const { port } = simulator;
    await simulator.close();
    await until(() => !gateway.isReady);
    expect(await gateway.authorize(request(10_00))).toEqual({ kind: 'not-sent' });
    simulator = new AcquirerSimulator({ port, gatewayTimeoutMs: TIMEOUT_MS }, logger);
    await simulator.start();
    await until(() => gateway.isReady);
    expect(await gateway.authorize(request(10_00))).toMatchObject(answered('00', '000001'));
    expect(simulator.counters.authorizations).toBe(1);
  });

  it('gives 1000 requests at once their own answers on the one connection', async () => {
    await gateway.close();
    const settings = { host: '127.0.0.1', port: network.port, timeoutMs: 10_000 };
    gateway = new Iso8583AcquirerGateway(settings, logger);
    gateway.onModuleInit();
    await until(() => gateway.isReady);
    const amounts = Array.from({ length: 1000 }, (_, index) => (index + 1) * 100 + (index % 90));
    const outcomes = await Promise.all(amounts.map((minor) => gateway.authorize(request(minor))));
    const codes = amounts.map((minor) => {
      const ending = String(minor).slice(-2);
      return ['51', '05', '54'].includes(ending) ? ending : '00';
    });
    expect(outcomes).toEqual(
      codes.map((responseCode) => expect.objectContaining({ responseCode })),
    );
    const approved = codes.filter((code) => code === '00').length;
    const numbers = outcomes.map((one) => one.kind === 'answered' && one.authorizationNumber);
    expect(new Set(numbers.filter(Boolean)).size).toBe(approved);
    expect(simulator.counters).toMatchObject({
      connections: 2,
      authorizations: 1000,
      liveAuthorizations: approved,
    });
  });

  it('survives malformed bytes of the acquirer', async () => {
    const interrupted = request(10_91);
    const outcome = gateway.authorize(interrupted);
    await until(() => simulator.counters.authorizations === 1);
    network.slipIn(Buffer.from('no message at all'), 'gateway');
    expect(await outcome).toEqual({ kind: 'unknown', cause: 'connection-lost' });
    expect(warnings).toContainEqual(expect.objectContaining({ reason: 'malformed' }));
    expect(await gateway.authorize(request(10_00))).toMatchObject({ responseCode: '00' });
  });

  it('survives malformed bytes towards the acquirer', async () => {
    const interrupted = request(10_91);
    const outcome = gateway.authorize(interrupted);
    await until(() => simulator.counters.authorizations === 1);
    network.slipIn(Buffer.from('no message at all'), 'acquirer');
    expect(await outcome).toEqual({ kind: 'unknown', cause: 'connection-lost' });
    expect(simulator.counters.malformedConnections).toBe(1);
    expect(await gateway.authorize(request(10_00))).toMatchObject({ responseCode: '00' });
    expect(JSON.stringify(warnings)).not.toContain('41111111');
  });

  it('lets a payment in flight end when it closes', async () => {
    const outcome = gateway.authorize(request(10_00));
    await gateway.close();
    expect(await outcome).toMatchObject({ responseCode: '00' });
    expect(await gateway.authorize(request(10_00))).toEqual({ kind: 'not-sent' });
  });
});
