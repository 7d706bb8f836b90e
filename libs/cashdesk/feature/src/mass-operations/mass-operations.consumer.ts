import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  MASS_OPERATION_SELECTED_V1,
  massOperationPublication,
  type MassOperationSelectedV1,
} from '@encaisse/backoffice/contract';
import {
  type MassOperationResult,
  SKIP_REASONS,
  type SkipReason,
} from '@encaisse/cashdesk/contract';
import { massOperationChunkStream, recordChunk } from '@encaisse/cashdesk/domain';
import type { CaptureRefusal, RequestSendingRefusal } from '@encaisse/ledger/domain';
import type { Action } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { type Caller, derivedUuid, Problem } from '@encaisse/platform/http';
import { type Message, MessageBus } from '@encaisse/platform/message-bus';
import { type CashOperation, CashOperationCommand } from '../cash-operation/cash-operation.command';

/** Operations under way at once: as many as the store commits together without holding up others. */
const AT_ONCE = 16;

/** Every refusal has its sentence in the report: one without does not compile. */
const EXPLAINED: Readonly<
  Record<CaptureRefusal['code'] | RequestSendingRefusal['code'] | 'not-found', SkipReason>
> = SKIP_REASONS;

/**
 * Carries out mass operations chunk by chunk, transaction by transaction, each exactly as a click on it
 * alone would be (CASH-17, CASH-20). Every id follows from the mass operation's, so that a chunk that
 * comes again after a crash finds its work done.
 */
@Injectable()
export class MassOperationsConsumer implements OnModuleInit {
  constructor(
    private readonly bus: MessageBus,
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    // In a process of its own the cash desk makes the messages itself, from the same log.
    this.bus.publish(massOperationPublication);
    this.bus.subscribe({
      group: 'cashdesk.mass-operations',
      types: [MASS_OPERATION_SELECTED_V1],
      handle: (message) => this.carryOut(message),
    });
  }

  /** Throws on outages, so that the bus tries again; a refusal is a result. */
  async carryOut(message: Message): Promise<void> {
    const selected = message.data as MassOperationSelectedV1;
    const { massOperationId, chunk, transactionIds } = selected;
    const chunkId = derivedUuid(`${massOperationId}|chunk|${chunk}`);
    const { state } = await this.streams.load(massOperationChunkStream, chunkId);
    if (state.isDone) return;
    const metadata = metadataOf(message, selected);
    const results: MassOperationResult[] = [];
    for (let from = 0; from < transactionIds.length; from += AT_ONCE) {
      const some = transactionIds.slice(from, from + AT_ONCE);
      results.push(...(await Promise.all(some.map((id) => this.operate(id, selected, metadata)))));
    }
    const done = { massOperationId, chunk, results, doneAt: this.clock.now() };
    await this.streams.decide(
      massOperationChunkStream,
      chunkId,
      (before) => recordChunk(done, before),
      metadata,
    );
  }

  private async operate(
    transactionId: string,
    selected: MassOperationSelectedV1,
    metadata: EventMetadata,
  ): Promise<MassOperationResult> {
    const operation = operationOn(transactionId, selected);
    try {
      await this.commands.execute(
        new CashOperationCommand(operation, callerOf(selected), metadata),
      );
      return { transactionId, outcome: 'done', code: null, facts: null };
    } catch (error) {
      if (!(error instanceof Problem) || !Object.hasOwn(EXPLAINED, error.code)) throw error;
      return { transactionId, outcome: 'skipped', code: error.code, facts: error.members };
    }
  }
}

/** A capture is total. All the transactions of a mass sending share one sending (state-model §5). */
function operationOn(
  transactionId: string,
  { operation, massOperationId, acknowledgeStaleAuthorization }: MassOperationSelectedV1,
): CashOperation {
  const common = { transactionId, acknowledgeStaleAuthorization };
  switch (operation) {
    case 'capture': {
      const operationId = derivedUuid(`${massOperationId}|${transactionId}`);
      return { ...common, kind: 'capture', operationId, amount: null };
    }
    case 'send':
      return { ...common, kind: 'send', operationId: massOperationId };
  }
}

/** The person who asked, at the node whose list it was. */
function callerOf({ nodeId, environment, requestedBy }: MassOperationSelectedV1): Caller {
  // Whether the person may do it was decided when the mass operation was accepted.
  const actions = new Set<Action>(['capture', 'send-to-bank']);
  return { actor: requestedBy, nodeId, environment, actions, person: null };
}

function metadataOf(message: Message, { requestedBy }: MassOperationSelectedV1): EventMetadata {
  const { id, correlationId, traceparent } = message;
  return {
    actor: requestedBy,
    correlationId,
    causationId: id,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
