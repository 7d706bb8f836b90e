import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import gossip from '@eventstore/db-client/generated/gossip_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import features from '@eventstore/db-client/generated/serverfeatures_pb';
import shared from '@eventstore/db-client/generated/shared_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import streams from '@eventstore/db-client/generated/streams_pb';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type ServiceError,
  type handleUnaryCall,
  Metadata as GrpcMetadata,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import {
  type AppendDecision,
  type LoggedEvent,
  type ProposedEvent,
  StandInLog,
  type StandInLogOptions,
} from './stand-in-log';
import {
  batchAnswer,
  confirmation,
  expectedOf,
  proposedEventOf,
  readEventOf,
  singleAnswer,
  streamNameOf,
  streamNotFound,
} from './stand-in-messages';

export type KurrentDbStandInOptions = StandInLogOptions & {
  /** `user:password` that every call must bring; nobody is asked without. */
  readonly credentials?: string;
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer };
  /** Servers before 21.10 append without batches. */
  readonly hasBatchAppend?: boolean;
};

type Read = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Batch = { options: streams.BatchAppendReq.Options; events: ProposedEvent[] };

/**
 * A stand-in for an EventStoreDB or KurrentDB server: it speaks the part of the protocol that appending,
 * reading and subscribing need, over a gRPC socket, from the client's own service definitions. It is no
 * server: one process, memory only, no cluster, no scavenging. It shows that the adapter and the protocol
 * fit; how a real server behaves beyond it is for a real server to show.
 */
export class KurrentDbStandIn {
  readonly log: StandInLog;
  private server: Server | null = null;
  private port = 0;
  private dropped = 0;

  private constructor(private readonly options: KurrentDbStandInOptions) {
    this.log = new StandInLog(options);
  }

  static async start(options: KurrentDbStandInOptions = {}): Promise<KurrentDbStandIn> {
    const standIn = new KurrentDbStandIn(options);
    await standIn.resume();
    return standIn;
  }

  /** `host:port`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    const user = this.options.credentials === undefined ? '' : `${this.options.credentials}@`;
    return `esdb://${user}${this.address}?tls=${this.options.tls !== undefined}`;
  }

  /** Cuts every connection. What was recorded stays. */
  interrupt(): void {
    this.server?.forceShutdown();
    this.server = null;
  }

  /** Listens again, on the port of before. */
  async resume(): Promise<void> {
    const server = new Server();
    server.addService(StreamsService, {
      read: (call: Read) => this.read(call),
      append: (
        call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
        answer: sendUnaryData<streams.AppendResp>,
      ) => this.append(call, answer),
      batchAppend: (call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>) =>
        this.batchAppend(call),
      delete: notHere,
      tombstone: notHere,
    });
    const supported: handleUnaryCall<shared.Empty, features.SupportedMethods> = (_call, answer) =>
      answer(null, this.supportedMethods());
    server.addService(ServerFeaturesService, { getSupportedMethods: supported });
    const members: handleUnaryCall<shared.Empty, gossip.ClusterInfo> = (_call, answer) =>
      answer(null, this.members());
    server.addService(GossipService, { read: members });
    const { tls } = this.options;
    const credentials =
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [
            { cert_chain: tls.certificate, private_key: tls.key },
          ]);
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, credentials, (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    this.server = server;
  }

  stop(): void {
    this.interrupt();
  }

  /** The next appends are recorded and their answers lost with the connection. */
  loseAnswers(count: number): void {
    this.dropped = count;
  }

  private supportedMethods(): features.SupportedMethods {
    const methods = new features.SupportedMethods();
    methods.setEventStoreServerVersion('24.10.0-stand-in');
    const names = [
      'append',
      'read',
      ...(this.options.hasBatchAppend === false ? [] : ['batchappend']),
    ];
    for (const name of names) {
      const method = new features.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      methods.addMethods(method);
    }
    return methods;
  }

  private members(): gossip.ClusterInfo {
    const endPoint = new gossip.EndPoint();
    endPoint.setAddress('127.0.0.1');
    endPoint.setPort(this.port);
    const id = new shared.UUID();
    id.setString(crypto.randomUUID());
    const member = new gossip.MemberInfo();
    member.setInstanceId(id);
    member.setState(gossip.MemberInfo.VNodeState.LEADER);
    member.setIsAlive(true);
    member.setHttpEndPoint(endPoint);
    const info = new gossip.ClusterInfo();
    info.addMembers(member);
    return info;
  }

  private isRefused(metadata: Metadata): boolean {
    const { credentials } = this.options;
    if (credentials === undefined) return false;
    const [given] = metadata.get('authorization');
    return given !== `Basic ${Buffer.from(credentials).toString('base64')}`;
  }

  private batchAppend(
    call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>,
  ): void {
    if (this.isRefused(call.metadata)) return refuse(call, accessDenied());
    const batches = new Map<string, Batch>();
    call.on('error', () => undefined);
    call.on('end', () => call.end());
    call.on('data', (request: streams.BatchAppendReq) => {
      const id = request.getCorrelationId()?.getString() ?? '';
      const batch = batches.get(id) ?? { options: request.getOptions()!, events: [] };
      batches.set(id, batch);
      batch.events.push(...request.getProposedMessagesList().map(proposedEventOf));
      if (!request.getIsFinal()) return;
      batches.delete(id);
      const { options } = batch;
      const streamId = streamNameOf(options.getStreamIdentifier());
      const expected = expectedOf(
        Object.assign(options, { revision: options.getStreamPosition() }),
      );
      const decision = this.log.append(streamId, expected, batch.events);
      if (this.isAnswerLost()) return;
      call.write(batchAnswer(request.getCorrelationId(), streamId, decision));
    });
  }

  private append(
    call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
    answer: sendUnaryData<streams.AppendResp>,
  ): void {
    if (this.isRefused(call.metadata)) return answer(accessDenied());
    let options: streams.AppendReq.Options | undefined;
    const events: ProposedEvent[] = [];
    call.on('data', (request: streams.AppendReq) => {
      if (request.hasOptions()) options = request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) events.push(proposedEventOf(message));
    });
    call.on('end', () => {
      const streamId = streamNameOf(options?.getStreamIdentifier());
      const expected = expectedOf(Object.assign(options!, { revision: options!.getRevision() }));
      const decision = this.log.append(streamId, expected, events);
      if (this.isAnswerLost()) return;
      const error = appendError(streamId, decision);
      if (error === null) answer(null, singleAnswer(decision));
      else answer(error);
    });
  }

  private isAnswerLost(): boolean {
    if (this.dropped === 0) return false;
    this.dropped -= 1;
    setImmediate(() => {
      this.interrupt();
      void this.resume();
    });
    return true;
  }

  private read(call: Read): void {
    if (this.isRefused(call.metadata)) return refuse(call, accessDenied());
    const options = call.request.getOptions()!;
    if (options.hasSubscription()) return this.subscribe(call, options);
    const isBackwards =
      options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
    const count = Number(options.getCount());
    if (options.hasAll()) return this.readAll(call, options.getAll()!, isBackwards, count);
    const stream = options.getStream()!;
    const streamId = streamNameOf(stream.getStreamIdentifier());
    const events = this.log.stream(streamId);
    if (events === 'deleted') return refuse(call, streamDeleted(streamId));
    if (events === null) {
      call.write(streamNotFound(streamId));
      call.end();
      return;
    }
    const last = events.at(-1)?.revision ?? 0;
    const revision = Number(stream.getRevision());
    const start = stream.hasStart() ? 0 : stream.hasEnd() ? last : revision;
    // Between two ends, as the server reads: what lies beyond the last event counts as well.
    const [from, to] = isBackwards ? [start - count + 1, start] : [start, start + count - 1];
    const found = events.filter((event) => event.revision >= from && event.revision <= to);
    answerWith(call, isBackwards ? found.reverse() : found);
  }

  private readAll(
    call: Read,
    all: streams.ReadReq.Options.AllOptions,
    isBackwards: boolean,
    count: number,
  ): void {
    const { events } = this.log;
    if (all.hasStart()) return answerWith(call, isBackwards ? [] : events.slice(0, count));
    if (all.hasEnd()) return answerWith(call, isBackwards ? events.slice(-count).reverse() : []);
    const position = Number(all.getPosition()?.getCommitPosition());
    const index = events.findIndex((event) => event.position === position);
    if (index < 0) return refuse(call, unknown('the position is inside a record'));
    // Forwards a position is part of what is read, backwards it is not.
    answerWith(
      call,
      isBackwards
        ? events.slice(Math.max(0, index - count), index).reverse()
        : events.slice(index, index + count),
    );
  }

  private subscribe(call: Read, options: streams.ReadReq.Options): void {
    const regex = new RegExp(options.getFilter()?.getEventType()?.getRegex() ?? '');
    const send = (event: LoggedEvent) => {
      if (regex.test(event.type)) call.write(readEventOf(event));
    };
    const all = options.getAll()!;
    const after = all.hasEnd()
      ? Number.POSITIVE_INFINITY
      : Number(all.getPosition()?.getCommitPosition() ?? -1);
    call.write(confirmation());
    for (const event of this.log.events) if (event.position > after) send(event);
    const stop = this.log.listen(send);
    call.on('cancelled', () => {
      stop();
      call.end();
    });
    call.on('close', stop);
    call.on('error', stop);
  }
}

function answerWith(call: Read, events: readonly LoggedEvent[]): void {
  for (const event of events) call.write(readEventOf(event));
  call.end();
}

/** A streaming call ends with a status when it is told of an error. */
function refuse(
  call: { emit(event: 'error', error: ServiceError): boolean },
  error: ServiceError,
): void {
  call.emit('error', error);
}

function rpcError(code: status, details: string, exception: string, stream = ''): ServiceError {
  const metadata = new GrpcMetadata();
  metadata.set('exception', exception);
  if (stream !== '') metadata.set('stream-name', stream);
  return Object.assign(new Error(details), { code, details, metadata });
}

function accessDenied(): ServiceError {
  return rpcError(status.PERMISSION_DENIED, 'Access Denied', 'access-denied');
}

function streamDeleted(streamId: string): ServiceError {
  return rpcError(status.FAILED_PRECONDITION, 'deleted', 'stream-deleted', streamId);
}

function unknown(details: string): ServiceError {
  return rpcError(status.UNKNOWN, details, 'unknown');
}

function appendError(streamId: string, decision: AppendDecision): ServiceError | null {
  if (decision.kind === 'stream-deleted') return streamDeleted(streamId);
  if (decision.kind !== 'too-large') return null;
  const error = rpcError(
    status.INVALID_ARGUMENT,
    'Maximum Append Size Exceeded',
    'maximum-append-size-exceeded',
  );
  error.metadata.set('maximum-append-size', String(decision.most));
  return error;
}

function notHere(_call: unknown, answer: sendUnaryData<never>): void {
  answer(rpcError(status.UNIMPLEMENTED, 'not part of the stand-in', 'unknown'));
}
