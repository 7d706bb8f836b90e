import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query as QueryParameters,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { type Instant, parseInstant } from '@encaisse/kernel';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  commandId,
  CurrentCaller,
  invalidRequest,
  Logged,
  Needs,
  notFound,
  ReadsFrom,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import { limitOf, type Query, refuseUnknown, valueOf } from '@encaisse/platform/lists';
import type { FastifyReply } from 'fastify';
import { AccessDirectory } from '../access-directory';
import { USERS_PROJECTION } from '../users.projection';
import { ApiKeyAnswer, ApiKeyPage, CreateApiKeyBody, RotateApiKeyBody } from './api-key-bodies';
import { ApiKeyQueries } from './api-key-queries';
import { type ApiKeyOutcome, ApiKeys } from './api-keys';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;
const DAY_MILLIS = 86_400_000;

/** Keys of machines at a node and below, in the environment looked at. */
@ApiTags('API keys')
@Controller('api/v1/api-keys')
@ReadsFrom(USERS_PROJECTION)
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly queries: ApiKeyQueries,
    private readonly directory: AccessDirectory,
  ) {}

  @Get()
  @Needs('manage-api-keys')
  @ApiOperation({ summary: 'The keys of a node and below, without their secrets' })
  @ApiQuery({ name: 'nodeId', required: false })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiOkResponse({ type: ApiKeyPage })
  async list(
    @QueryParameters() query: Query,
    @CurrentCaller() caller: Caller,
  ): Promise<ApiKeyPage> {
    refuseUnknown(query, ['nodeId', 'limit', 'cursor']);
    const nodeId = valueOf(query, 'nodeId') ?? caller.nodeId;
    if (!this.directory.isAtOrBelow(nodeId, caller.nodeId)) throw notFound('node');
    const limit = limitOf(query, PAGE_SIZE, LARGEST_PAGE);
    const search = { nodeId, environment: caller.environment };
    const { rows, nextCursor } = await this.queries.list(search, limit, valueOf(query, 'cursor'));
    return { items: rows, nextCursor };
  }

  @Post()
  @HttpCode(201)
  @Needs('manage-api-keys')
  @Logged('API_KEY')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Create a key; its text is told once' })
  @ApiCreatedResponse({ type: ApiKeyAnswer })
  async create(
    @Body() body: CreateApiKeyBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeyAnswer> {
    const keyId = commandId(body.id, idempotencyKey, caller, 'api-keys');
    const { label, actions, nodeId = caller.nodeId } = body;
    if (!this.directory.isAtOrBelow(nodeId, caller.nodeId)) throw notFound('node');
    entry.about({ kind: 'api-key', id: keyId, nodeId });
    const wanted = { keyId, label, actions, nodeId, expiresAt: expiryOf(body.expiresAt) };
    const outcome = await this.keys.create(wanted, caller, metadata);
    entry.changed(null, { nodeId, environment: caller.environment, actions });
    return this.answer(keyId, outcome, caller, reply);
  }

  @Post(':keyId/rotate')
  @HttpCode(200)
  @Needs('manage-api-keys')
  @Logged('API_KEY')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Give a key a new secret; the former goes on for the overlap' })
  @ApiOkResponse({ type: ApiKeyAnswer })
  async rotate(
    @Param('keyId') keyId: string,
    @Body() { id, overlapDays = 0 }: RotateApiKeyBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeyAnswer> {
    const rotationId = commandId(id, idempotencyKey, caller, `api-keys/${keyId}/rotate`);
    const { nodeId } = await this.queries.visible(keyId, caller);
    entry.about({ kind: 'api-key', id: keyId, nodeId });
    const request = { keyId, rotationId, overlapMillis: overlapDays * DAY_MILLIS };
    const outcome = await this.keys.rotate(request, caller, metadata);
    entry.changed(null, { rotationId, overlapDays });
    return this.answer(keyId, outcome, caller, reply);
  }

  @Post(':keyId/revoke')
  @HttpCode(200)
  @Needs('manage-api-keys')
  @Logged('API_KEY')
  @ApiOperation({ summary: 'Close a key for good: it opens nothing from the answer on' })
  @ApiOkResponse({ type: ApiKeyAnswer })
  async revoke(
    @Param('keyId') keyId: string,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeyAnswer> {
    const { nodeId, revokedAt } = await this.queries.visible(keyId, caller);
    entry.about({ kind: 'api-key', id: keyId, nodeId });
    const outcome = await this.keys.revoke(keyId, metadata);
    entry.changed({ isRevoked: revokedAt !== null }, { isRevoked: true });
    return this.answer(keyId, outcome, caller, reply);
  }

  private async answer(
    keyId: string,
    { position, isReplay, key }: ApiKeyOutcome,
    caller: Caller,
    reply: FastifyReply,
  ): Promise<ApiKeyAnswer> {
    tellPosition(reply, position);
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    void reply.header('cache-control', 'no-store');
    const row = await this.queries.visible(keyId, caller);
    return key === null ? row : { ...row, key };
  }
}

function expiryOf(text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const expiresAt = parseInstant(text);
  if (expiresAt === null)
    throw invalidRequest([
      {
        pointer: '/expiresAt',
        detail: 'must be an instant with its offset, such as 2027-01-31T12:00:00Z',
      },
    ]);
  return expiresAt;
}
