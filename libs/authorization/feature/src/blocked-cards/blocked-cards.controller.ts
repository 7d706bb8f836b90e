import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { EventMetadata } from '@encaisse/platform/event-store';
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
  Problem,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import { pageOf, type Query as ListedBy, readListQuery } from '@encaisse/platform/lists';
import { checkCardNumber } from '@encaisse/platform/security';
import type { FastifyReply } from 'fastify';
import { AuthorizationDirectory } from '../authorization-directory';
import { AddBlockedCardBody } from './block-card.body';
import { BlockCardCommand, UnblockCardCommand } from './block-card.handler';
import { BLOCK_PROBLEMS, blockRefusalDetail, TYPED_CARD_PROBLEMS } from './block-problems';
import { blockView } from './block-view';
import { BlockedCards } from './blocked-cards';

const FILTERS = ['nodeId', 'search'] as const;

/** A merchant's own list of blocked cards (CARD). */
@ApiTags('blocked cards')
@Controller('api/v1/blocked-cards')
export class BlockedCardsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: AuthorizationDirectory,
    private readonly blockedCards: BlockedCards,
  ) {}

  @Get()
  @Needs('view-blocked-cards')
  @ApiOperation({ summary: 'The blocked cards of a node and below (CARD-03), newest first' })
  @ApiQuery({ name: 'nodeId', required: false, description: 'Default: the caller’s node' })
  @ApiQuery({ name: 'search', required: false, description: 'Part of the masked number' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  list(@Query() query: ListedBy, @CurrentCaller() caller: Caller) {
    const { filters, page } = readListQuery(query, FILTERS);
    const nodeId = filters.nodeId ?? caller.nodeId;
    if (nodeId !== caller.nodeId && !this.directory.isVisible(nodeId, caller))
      throw notFound('node');
    const { current } = this.directory;
    const found = this.blockedCards.current
      .ofEnvironment(caller.environment)
      .filter((block) => current.isAtOrBelow(block.nodeId, nodeId))
      .filter(({ maskedNumber }) => maskedNumber.includes(filters.search ?? ''));
    const { items, nextCursor } = pageOf(found, page, {
      keyOf: ({ blockedAt, blockId }) => `${blockedAt}|${blockId}`,
      isDescending: true,
    });
    return { items: items.map((block) => blockView(block, current)), nextCursor };
  }

  @Post()
  @HttpCode(201)
  @Needs('change-blocked-cards')
  @Logged('CARD_BLOCKING')
  @ApiOperation({ summary: 'Block a typed card at a node and below (CARD-03, CARD-07)' })
  async add(
    @Body() body: AddBlockedCardBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const blockId = commandId(body.id, idempotencyKey, caller, 'blocked-cards');
    if (!this.directory.isVisible(body.nodeId, caller)) throw notFound('node');
    entry.about({ kind: 'block', id: blockId, nodeId: body.nodeId });
    const { number } = checkedNumber(body.cardNumber);
    const card = {
      blockId,
      environment: caller.environment,
      nodeId: body.nodeId,
      number,
      reason: body.reason ?? null,
      transactionId: null,
    };
    const result = await this.commands.execute(new BlockCardCommand(card, metadata));
    orProblem(result.decision, BLOCK_PROBLEMS, blockRefusalDetail);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { blockId };
  }

  @Delete(':blockId')
  @HttpCode(200)
  @Needs('change-blocked-cards')
  @Logged('CARD_UNBLOCKING')
  @ApiOperation({ summary: 'Lift a block: the card is accepted again at once (CARD-05)' })
  async lift(
    @Param('blockId') blockId: string,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.blockedCards.catchUp();
    const place = this.blockedCards.current.place(blockId);
    const isVisible =
      place?.environment === caller.environment && this.directory.isVisible(place.nodeId, caller);
    if (!place || !isVisible) throw notFound('block');
    entry.about({ kind: 'block', id: blockId, nodeId: place.nodeId });
    const command = new UnblockCardCommand(blockId, place, metadata);
    const result = await this.commands.execute(command);
    orProblem(result.decision, BLOCK_PROBLEMS);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { blockId };
  }
}

function checkedNumber(text: string) {
  const checked = checkCardNumber(text);
  if (!checked)
    throw new Problem(
      'card-number-invalid',
      TYPED_CARD_PROBLEMS['card-number-invalid'],
      '/cardNumber must be 12 to 19 digits whose Luhn check digit is right',
      { pointer: '/cardNumber' },
    );
  return checked;
}
