import { Controller, Delete, HttpCode, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  ReadsFrom,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { UserQueries } from '../users/user-queries';
import { USERS_PROJECTION } from '../users.projection';
import { FactorsAnswer } from './factor-bodies';
import { Factors } from './factors';
import { OwnFactors } from './own-factors';

/** Second factors of others, for whoever manages them. */
@ApiTags('users')
@Controller('api/v1/users')
@ReadsFrom(USERS_PROJECTION)
export class UserFactorsController {
  constructor(
    private readonly own: OwnFactors,
    private readonly factors: Factors,
    private readonly queries: UserQueries,
  ) {}

  @Delete(':userId/factors')
  @HttpCode(200)
  @Needs('manage-users')
  @Logged('SECOND_FACTOR')
  @ApiOperation({ summary: 'Remove every second factor of a user who lost the device' })
  @ApiOkResponse({ type: FactorsAnswer })
  async removeAll(
    @Param('userId') userId: string,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FactorsAnswer> {
    const { nodeId, factors: before } = await this.queries.visible(userId, caller);
    entry.about({ kind: 'user', id: userId, nodeId });
    const { position, isReplay } = await this.own.removeAll(userId, caller, metadata);
    entry.changed({ factors: before }, { factors: 0 });
    tellPosition(reply, position);
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { factors: await this.factors.shown(userId) };
  }
}
