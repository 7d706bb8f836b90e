import shared from '@eventstore/db-client/generated/shared_pb';
import statuses from '@eventstore/db-client/generated/status_pb';
import streams from '@eventstore/db-client/generated/streams_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { AppendDecision, Expected, LoggedEvent, ProposedEvent } from './stand-in-log';

const TICKS_PER_MILLISECOND = 10_000n;

type Proposed = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage;

export function streamNameOf(identifier: shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

function identifierOf(streamId: string): shared.StreamIdentifier {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(new Uint8Array(Buffer.from(streamId)));
  return identifier;
}

export function proposedEventOf(message: Proposed): ProposedEvent {
  const metadata = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function expectedOf(options: {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
  revision: string;
}): Expected {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  return Number(options.revision);
}

export function readEventOf(event: LoggedEvent): streams.ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(event.streamId));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const metadata = recorded.getMetadataMap();
  metadata.set('type', event.type);
  metadata.set('content-type', event.contentType);
  metadata.set('created', String(BigInt(event.createdAt) * TICKS_PER_MILLISECOND + 4_321n));
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  const response = new streams.ReadResp();
  response.setEvent(read);
  return response;
}

export function streamNotFound(streamId: string): streams.ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifierOf(streamId));
  const response = new streams.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
}

export function confirmation(): streams.ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(crypto.randomUUID());
  const response = new streams.ReadResp();
  response.setConfirmation(confirmed);
  return response;
}

export function batchAnswer(
  correlationId: shared.UUID | undefined,
  streamId: string,
  decision: AppendDecision,
): streams.BatchAppendResp {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(correlationId);
  response.setStreamIdentifier(identifierOf(streamId));
  if (!('lastRevision' in decision)) {
    response.setError(errorOf(streamId, decision));
    return response;
  }
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision(String(decision.lastRevision));
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(String(decision.position));
  position.setPreparePosition(String(decision.position));
  success.setPosition(position);
  response.setSuccess(success);
  return response;
}

function errorOf(
  streamId: string,
  decision: Exclude<AppendDecision, { readonly lastRevision: number }>,
): statuses.Status {
  const status = new statuses.Status();
  const details = new Any();
  switch (decision.kind) {
    case 'wrong-version': {
      const wrong = new shared.WrongExpectedVersion();
      if (decision.current === null) wrong.setCurrentNoStream(new Empty());
      else wrong.setCurrentStreamRevision(String(decision.current));
      details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
      break;
    }
    case 'stream-deleted': {
      const deleted = new shared.StreamDeleted();
      deleted.setStreamIdentifier(identifierOf(streamId));
      details.pack(deleted.serializeBinary(), 'event_store.client.StreamDeleted');
      break;
    }
    case 'too-large': {
      const large = new shared.MaximumAppendSizeExceeded();
      large.setMaxappendsize(decision.most);
      details.pack(large.serializeBinary(), 'event_store.client.MaximumAppendSizeExceeded');
    }
  }
  status.setMessage(decision.kind);
  status.setDetails(details);
  return status;
}

export function singleAnswer(decision: AppendDecision): streams.AppendResp {
  const response = new streams.AppendResp();
  if (decision.kind === 'wrong-version') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (decision.current === null) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(decision.current));
    response.setWrongExpectedVersion(wrong);
  } else if ('lastRevision' in decision) {
    const success = new streams.AppendResp.Success();
    success.setCurrentRevision(String(decision.lastRevision));
    const position = new streams.AppendResp.Position();
    position.setCommitPosition(String(decision.position));
    position.setPreparePosition(String(decision.position));
    success.setPosition(position);
    response.setSuccess(success);
  }
  return response;
}
