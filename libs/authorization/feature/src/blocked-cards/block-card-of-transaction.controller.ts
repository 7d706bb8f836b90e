import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { isUuid } from '@encaisse/kernel';
import { blockTransactionCard, type Transaction, transactionStream } from '@encaisse/ledger/domain';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  orProblem,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import { CardVault } from '@encaisse/platform/security';
import type { FastifyReply } from 'fastify';
import { AuthorizationDirectory } from '../authorization-directory';
import { BlockCardBody } from './block-card.body';
import { BlockCardCommand } from './block-card.handler';
import {
  BLOCK_FROM_TRANSACTION_PROBLEMS,
  BLOCK_PROBLEMS,
  blockRefusalDetail,
} from './block-problems';

/** Blocks the card a transaction was made with, at the shop of the transaction (CASH-21, CARD-07). */
@ApiTags('transactions')
@Controller('api/v1/transactions/:transactionId/block-card')
export class BlockCardOfTransactionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly directory: AuthorizationDirectory,
    private readonly cardVault: CardVault,
  ) {}

  @Post()
  @HttpCode(201)
  @Needs('block-card')
  @Logged('CARD_BLOCKING')
  @ApiOperation({ summary: 'Put the card of a transaction on the shop’s list of blocked cards' })
  async block(
    @Param('transactionId') transactionId: string,
    @Body() body: BlockCardBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const blockId = commandId(body.id, idempotencyKey, caller, `block-card ${transactionId}`);
    const state = await this.visible(transactionId, caller);
    entry.about({ kind: 'transaction', id: transactionId, nodeId: placeOf(state).shopId });
    const card = 'request' in state ? state.request.card : null;
    const stored = card ? await this.cardVault.open(card.cardId) : null;
    const decision = blockTransactionCard({ hasStoredCard: stored !== null }, state);
    orProblem(decision, BLOCK_FROM_TRANSACTION_PROBLEMS);
    if (!stored) throw notFound('transaction');
    const toBlock = {
      blockId,
      environment: caller.environment,
      nodeId: placeOf(state).shopId,
      number: stored.number,
      reason: body.reason ?? null,
      transactionId,
    };
    const result = await this.commands.execute(new BlockCardCommand(toBlock, metadata));
    orProblem(result.decision, BLOCK_PROBLEMS, blockRefusalDetail);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { blockId };
  }

  private async visible(transactionId: string, caller: Caller) {
    if (!isUuid(transactionId)) throw notFound('transaction');
    const { state } = await this.streams.load(transactionStream, transactionId);
    if (state.kind === 'none') throw notFound('transaction');
    const { environment, shopId } = placeOf(state);
    if (environment !== caller.environment || !this.directory.isVisible(shopId, caller))
      throw notFound('transaction');
    return state;
  }
}

/** Where a transaction of any kind was made. */
function placeOf(state: Exclude<Transaction, { kind: 'none' }>) {
  return state.kind === 'refused-cancellation' ? state.entry : state.request;
}
