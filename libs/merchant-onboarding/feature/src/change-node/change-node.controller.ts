import { Body, Controller, Headers, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Length } from 'class-validator';
import type { MoveShopRefusal } from '@encaisse/merchant-onboarding/domain';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  commandId as commandIdOf,
  CurrentCaller,
  Logged,
  Needs,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { type ChangeNodeResult, MoveShopCommand, RenameNodeCommand } from './change-node.handler';

class MoveShopBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ description: 'Another group of the same brand' })
  @IsUUID()
  parentId!: string;
}

class RenameNodeBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ example: 'Librairie des Halles' })
  @IsString()
  @Length(1, 100)
  name!: string;
}

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems<MoveShopRefusal['code']>({
  'node-unknown': { status: 404, title: 'There is no such node' },
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'only-shops-move': { status: 422, title: 'Only a shop can be moved' },
  'parent-unknown': { status: 422, title: 'The parent node does not exist' },
  'parent-level-wrong': { status: 422, title: 'The parent node has the wrong level' },
  'other-brand': { status: 422, title: 'The group belongs to another brand' },
});

@ApiTags('tree')
@Controller('api/v1/nodes/:nodeId')
export class ChangeNodeController {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
  ) {}

  /** Every list and figure shows the shop, with its history, under the new group and no longer under the old. */
  @Post('move')
  @HttpCode(200)
  @Needs('administer-merchants')
  @Logged('NODE_CHANGE')
  @ApiOperation({ summary: 'Move a shop to another group of its brand (TREE-02)' })
  async move(
    @Param('nodeId') nodeId: string,
    @Body() body: MoveShopBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { current } = this.directory;
    const node = this.directory.visibleNode(nodeId, caller);
    entry.about({ kind: 'node', id: nodeId, nodeId });
    const { parentId } = body;
    const isVisible = current.isAtOrBelow(parentId, caller.nodeId);
    const move = {
      commandId: commandIdOf(body.id, idempotencyKey, caller, `move ${nodeId}`),
      parentId,
      parentLevel: isVisible ? (current.node(parentId)?.level ?? null) : null,
      isSameBrand: current.brandOf(parentId)?.nodeId === current.brandOf(nodeId)?.nodeId,
      at: this.clock.now(),
    };
    const result = await this.commands.execute(new MoveShopCommand(nodeId, move, metadata));
    entry.changed({ parentId: node.parentId }, { parentId });
    return this.answer(nodeId, result, reply);
  }

  @Patch()
  @Needs('administer-merchants')
  @Logged('NODE_CHANGE')
  @ApiOperation({ summary: 'Rename a node' })
  async rename(
    @Param('nodeId') nodeId: string,
    @Body() body: RenameNodeBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const node = this.directory.visibleNode(nodeId, caller);
    entry.about({ kind: 'node', id: nodeId, nodeId });
    const commandId = commandIdOf(body.id, idempotencyKey, caller, `rename ${nodeId}`);
    const rename = { commandId, name: body.name, at: this.clock.now() };
    const result = await this.commands.execute(new RenameNodeCommand(nodeId, rename, metadata));
    entry.changed({ name: node.name }, { name: body.name });
    return this.answer(nodeId, result, reply);
  }

  private async answer(nodeId: string, result: ChangeNodeResult, reply: FastifyReply) {
    orProblem(result.decision, PROBLEMS);
    tellPosition(reply, result.position);
    await this.directory.hasReached(result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return this.directory.current.node(nodeId);
  }
}
