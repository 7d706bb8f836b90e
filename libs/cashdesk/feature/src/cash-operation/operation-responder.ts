import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { isUuid } from '@encaisse/kernel';
import { ActionLog } from '@encaisse/platform/access';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  commandId,
  entryBeside,
  entryWritten,
  notFound,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import {
  type CashOperation,
  CashOperationCommand,
  type CashOperationResult,
} from './cash-operation.command';

/** What every operation route knows of its request. */
export type OperationRequest = {
  readonly transactionId: string;
  readonly id: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly caller: Caller;
  readonly metadata: EventMetadata;
  readonly reply: FastifyReply;
};

/** An operation without its ids, which come with the request. */
export type OperationContent = CashOperation extends infer Operation
  ? Operation extends CashOperation
    ? Omit<Operation, 'transactionId' | 'operationId'>
    : never
  : never;

/** Turns a request into a command and its result into the answer's headers. */
@Injectable()
export class OperationResponder {
  constructor(
    private readonly commands: CommandBus,
    private readonly actionLog: ActionLog,
  ) {}

  async run(request: OperationRequest, content: OperationContent): Promise<CashOperationResult> {
    const { transactionId, caller, metadata, reply } = request;
    const route = `${content.kind} ${transactionId}`;
    const operationId = commandId(request.id, request.idempotencyKey, caller, route);
    if (!isUuid(transactionId)) throw notFound('transaction');
    const operation = { ...content, transactionId, operationId } as CashOperation;
    const entry = await entryBeside(this.actionLog, reply);
    const beside = entry === null ? [] : [entry];
    const command = new CashOperationCommand(operation, caller, metadata, beside);
    const result = await this.commands.execute(command);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    else if (entry !== null) entryWritten(reply);
    return result;
  }
}
