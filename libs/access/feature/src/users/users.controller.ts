import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
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
import { PROFILES } from '@encaisse/platform/access';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  commandId,
  CurrentCaller,
  derivedUuid,
  Logged,
  Needs,
  notFound,
  ReadsFrom,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import {
  limitOf,
  listedValues,
  type Query,
  refuseUnknown,
  valueOf,
} from '@encaisse/platform/lists';
import type { FastifyReply } from 'fastify';
import { AccessDirectory } from '../access-directory';
import { assertMayDeliver, FirstCredentials } from '../passwords/first-credentials';
import { USERS_PROJECTION } from '../users.projection';
import { UserAccounts } from './user-accounts';
import { ChangeUserBody, CreateUserBody, ResetBody, UserAnswer, UserPage } from './user-bodies';
import { contactProblem } from './user-problems';
import { UserQueries } from './user-queries';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;

/** Users of a node and below (UMGT). */
@ApiTags('users')
@Controller('api/v1/users')
@ReadsFrom(USERS_PROJECTION)
export class UsersController {
  constructor(
    private readonly accounts: UserAccounts,
    private readonly queries: UserQueries,
    private readonly credentials: FirstCredentials,
    private readonly directory: AccessDirectory,
  ) {}

  @Get()
  @Needs('view-users')
  @ApiOperation({ summary: 'The users of a node and below (UMGT-02, UMGT-03)' })
  @ApiQuery({ name: 'nodeId', required: false })
  @ApiQuery({ name: 'profile', required: false, enum: PROFILES })
  @ApiQuery({ name: 'isActive', required: false, enum: ['true', 'false'] })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  @ApiOkResponse({ type: UserPage })
  async list(@QueryParameters() query: Query, @CurrentCaller() caller: Caller): Promise<UserPage> {
    refuseUnknown(query, ['nodeId', 'profile', 'isActive', 'limit', 'cursor']);
    const nodeId = valueOf(query, 'nodeId') ?? caller.nodeId;
    if (!this.directory.isAtOrBelow(nodeId, caller.nodeId)) throw notFound('node');
    const [isActive] = listedValues(query, 'isActive', ['true', 'false'] as const);
    const { rows, nextCursor } = await this.queries.list({
      nodeId,
      profile: listedValues(query, 'profile', PROFILES)[0] ?? null,
      isActive: isActive === undefined ? null : isActive === 'true',
      limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE),
      cursor: valueOf(query, 'cursor'),
    });
    return { items: await this.queries.views(rows), nextCursor };
  }

  @Get(':userId')
  @Needs('view-users')
  @ApiOperation({ summary: 'One user' })
  @ApiOkResponse({ type: UserAnswer })
  async show(
    @Param('userId') userId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<UserAnswer> {
    return this.view(userId, caller);
  }

  @Post()
  @HttpCode(201)
  @Needs('manage-users')
  @Logged('USER_CREATION')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Create a user, who gets the way in once (UMGT-05, UMGT-07)' })
  @ApiCreatedResponse({ type: UserAnswer })
  async create(
    @Body() body: CreateUserBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserAnswer> {
    const creationId = commandId(body.id, idempotencyKey, caller, 'users');
    if (!this.directory.isAtOrBelow(body.nodeId, caller.nodeId)) throw notFound('node');
    const { id: _, delivery = 'LINK', mobile = null, language = 'fr', ...rest } = body;
    assertMayDeliver(delivery, caller);
    const login = body.login ?? (await this.accounts.freeLogin(body.name, creationId));
    const user = { ...rest, login, mobile, language, creationId };
    const { userId } = await this.accounts.create(user, caller, metadata);
    const request = { userId, resetId: derivedUuid(`first|${creationId}`), delivery };
    const issued = await this.credentials.issue(request, caller, metadata);
    entry.about({ kind: 'user', id: userId, nodeId: body.nodeId });
    entry.changed(null, { login, profile: body.profile, nodeId: body.nodeId });
    return this.answer(issued, caller, reply);
  }

  @Patch(':userId')
  @Needs('manage-users')
  @Logged('USER_CHANGE')
  @ApiOperation({ summary: 'Change data or rights; they act on the next request (UMGT-06)' })
  @ApiOkResponse({ type: UserAnswer })
  async change(
    @Param('userId') userId: string,
    @Body() body: ChangeUserBody,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserAnswer> {
    const user = await this.queries.visible(userId, caller);
    entry.about({ kind: 'user', id: userId, nodeId: user.nodeId });
    if (body.email !== undefined && body.mobile !== undefined)
      throw contactProblem('contact-channels-together', 'change one, then the other');
    if (body.nodeId !== undefined && !this.directory.isAtOrBelow(body.nodeId, caller.nodeId))
      throw notFound('node');
    const outcome = await this.accounts.change(user, body, caller, metadata);
    const { profile, nodeId, language } = user;
    const after = await this.queries.visible(userId, caller);
    entry.changed(
      { profile, nodeId, language, personId: user.personId },
      {
        profile: after.profile,
        nodeId: after.nodeId,
        language: after.language,
        personId: after.personId,
      },
    );
    return this.answer({ ...outcome, temporaryPassword: null }, caller, reply);
  }

  @Post(':userId/deactivate')
  @HttpCode(200)
  @Needs('manage-users')
  @Logged('USER_DEACTIVATION')
  @ApiOperation({ summary: 'Close an account: its sessions end at once (UMGT-06)' })
  @ApiOkResponse({ type: UserAnswer })
  deactivate(
    @Param('userId') userId: string,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserAnswer> {
    return this.setActive(userId, false, caller, metadata, entry, reply);
  }

  @Post(':userId/reactivate')
  @HttpCode(200)
  @Needs('manage-users')
  @Logged('USER_CHANGE')
  @ApiOperation({ summary: 'Open an account again' })
  @ApiOkResponse({ type: UserAnswer })
  reactivate(
    @Param('userId') userId: string,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserAnswer> {
    return this.setActive(userId, true, caller, metadata, entry, reply);
  }

  @Post(':userId/reset')
  @HttpCode(200)
  @Needs('manage-users')
  @Logged('USER_RESET')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Let a user back in, and lift a lock (AUTH-12)' })
  @ApiOkResponse({ type: UserAnswer })
  async reset(
    @Param('userId') userId: string,
    @Body() { id, delivery = 'LINK' }: ResetBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserAnswer> {
    const resetId = commandId(id, idempotencyKey, caller, `users/${userId}/reset`);
    const { nodeId } = await this.queries.visible(userId, caller);
    entry.about({ kind: 'user', id: userId, nodeId });
    const issued = await this.credentials.issue({ userId, resetId, delivery }, caller, metadata);
    return this.answer(issued, caller, reply);
  }

  private async setActive(
    userId: string,
    isActive: boolean,
    caller: Caller,
    metadata: EventMetadata,
    entry: ActionNotes,
    reply: FastifyReply,
  ): Promise<UserAnswer> {
    const user = await this.queries.visible(userId, caller);
    entry.about({ kind: 'user', id: userId, nodeId: user.nodeId });
    const outcome = await this.accounts.setActive(user, isActive, caller, metadata);
    entry.changed({ isActive: user.isActive }, { isActive });
    return this.answer({ ...outcome, temporaryPassword: null }, caller, reply);
  }

  private async answer(
    outcome: {
      readonly userId: string;
      readonly position: number;
      readonly isReplay: boolean;
      readonly temporaryPassword: string | null;
    },
    caller: Caller,
    reply: FastifyReply,
  ): Promise<UserAnswer> {
    const { userId, position, isReplay, temporaryPassword } = outcome;
    tellPosition(reply, position);
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    void reply.header('cache-control', 'no-store');
    const view = await this.view(userId, caller);
    return temporaryPassword === null ? view : Object.assign(view, { temporaryPassword });
  }

  private async view(userId: string, caller: Caller): Promise<UserAnswer> {
    const [view] = await this.queries.views([await this.queries.visible(userId, caller)]);
    if (!view) throw notFound('user');
    return view;
  }
}
