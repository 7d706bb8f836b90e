import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import type { OpenNodeRefusal } from '@encaisse/merchant-onboarding/domain';
import { NODE_LEVELS, type NodeLevel } from '@encaisse/merchant-onboarding/contract';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { OpenNodeCommand } from './open-node.handler';

class OpenNodeBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ enum: NODE_LEVELS })
  @IsIn(NODE_LEVELS)
  level!: NodeLevel;

  @ApiProperty({ required: false, nullable: true, type: String, description: 'None for a brand' })
  @IsOptional()
  @IsString()
  parentId?: string | null;

  @ApiProperty({ example: 'Librairie des Halles' })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiProperty({ required: false, description: 'Brands only', example: 13 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(120)
  historyMonths?: number;

  @ApiProperty({ required: false, description: 'Shops only, seven digits', example: '1999888' })
  @IsOptional()
  @Matches(/^\d{7}$/, { message: 'siteNumber must be seven digits' })
  siteNumber?: string;

  @ApiProperty({ required: false, description: 'Shops only, three digits', example: '032' })
  @IsOptional()
  @Matches(/^\d{3}$/, { message: 'rank must be three digits' })
  rank?: string;

  @ApiProperty({ required: false, description: 'Shops only, one to nine digits', example: '2' })
  @IsOptional()
  @Matches(/^\d{1,9}$/, { message: 'merchantIdentifier must be one to nine digits' })
  merchantIdentifier?: string;
}

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems<OpenNodeRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'parent-unknown': { status: 422, title: 'The parent node does not exist' },
  'parent-level-wrong': { status: 422, title: 'The parent node has the wrong level' },
  'shop-identifiers-missing': {
    status: 422,
    title: 'A shop needs its site number, rank and identifier',
  },
  'field-of-another-level': { status: 422, title: 'The field belongs to another level' },
});

@ApiTags('tree')
@Controller('api/v1/nodes')
export class OpenNodeController {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
  ) {}

  @Post()
  @HttpCode(201)
  @Needs('administer-merchants')
  @Logged('NODE_OPENING')
  @ApiOperation({ summary: 'Add a brand, a group or a shop to the tree' })
  async open(
    @Body() body: OpenNodeBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const nodeId = commandId(body.id, idempotencyKey, caller, 'nodes');
    const parentId = body.parentId ?? null;
    const isForeign =
      parentId !== null && !this.directory.current.isAtOrBelow(parentId, caller.nodeId);
    const node = {
      nodeId,
      level: body.level,
      parentId,
      name: body.name,
      historyMonths: body.historyMonths ?? null,
      siteNumber: body.siteNumber ?? null,
      rank: body.rank ?? null,
      merchantIdentifier: body.merchantIdentifier ?? null,
      parentLevel:
        parentId === null || isForeign
          ? null
          : (this.directory.current.node(parentId)?.level ?? null),
      at: this.clock.now(),
    };
    const result = await this.commands.execute(new OpenNodeCommand(node, metadata));
    orProblem(result.decision, PROBLEMS);
    tellPosition(reply, result.position);
    await this.directory.hasReached(result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return this.directory.current.node(nodeId);
  }

  @Get()
  @Needs('view-tree')
  @ApiOperation({ summary: 'The tree, from the caller’s node down' })
  list(@CurrentCaller() caller: Caller) {
    const { current } = this.directory;
    const below = (nodeId: string): object[] =>
      current.childrenOf(nodeId).map((node) => ({ ...node, children: below(node.nodeId) }));
    const own = current.node(caller.nodeId);
    const children = below(caller.nodeId);
    return { nodes: own ? [{ ...own, children }] : children };
  }

  @Get(':nodeId')
  @Needs('view-tree')
  @ApiOperation({ summary: 'One node' })
  show(@Param('nodeId') nodeId: string, @CurrentCaller() caller: Caller) {
    const node = this.directory.visibleNode(nodeId, caller);
    return node;
  }

  @Get(':nodeId/contracts')
  @Needs('view-contracts')
  @ApiOperation({ summary: 'The contracts of a node and below (CONT-01)' })
  contracts(@Param('nodeId') nodeId: string, @CurrentCaller() caller: Caller) {
    const { current } = this.directory;
    if (nodeId !== caller.nodeId) this.directory.visibleNode(nodeId, caller);
    const shops = current.shopsAtOrBelow(nodeId);
    if (shops.length === 0 && nodeId !== caller.nodeId) throw notFound('node');
    return { items: shops.flatMap((shop) => current.contractsOfShop(shop, caller.environment)) };
  }
}
