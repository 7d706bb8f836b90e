import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import {
  ArrayNotEmpty,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import { ENVIRONMENTS, type Environment, isUuid } from '@encaisse/kernel';
import {
  invalidRequest,
  Logged,
  Needs,
  ROOT_NODE,
  TOKEN_SCOPES,
  Tokens,
  type TokenScope,
} from '@encaisse/platform/http';

const DAY_SECONDS = 86_400;

class IssueTokenBody {
  @ApiProperty({ example: 'camille.durand' })
  @IsString()
  @Length(1, 100)
  login!: string;

  @ApiProperty({ example: 'Camille Durand', required: false })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  displayName?: string;

  @ApiProperty({ description: 'A node of the tree, or « root »', example: 'root' })
  @IsString()
  nodeId!: string;

  @ApiProperty({ enum: ENVIRONMENTS, required: false, default: 'TEST' })
  @IsOptional()
  @IsIn(ENVIRONMENTS)
  environment?: Environment;

  @ApiProperty({ enum: TOKEN_SCOPES, isArray: true })
  @ArrayNotEmpty()
  @IsIn(TOKEN_SCOPES, { each: true })
  scopes!: TokenScope[];

  @ApiProperty({ required: false, default: DAY_SECONDS })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(30 * DAY_SECONDS)
  lifetimeSeconds?: number;
}

/** Tokens for development, until people and rights exist: absent when NODE_ENV=production. */
@ApiTags('dev')
@Controller('dev/tokens')
export class DevTokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  @HttpCode(201)
  @Needs('develop')
  @Logged('DEVELOPMENT')
  @ApiOperation({ summary: 'Issue a development token scoped to a node' })
  async issue(@Body() body: IssueTokenBody): Promise<{ token: string }> {
    if (body.nodeId !== ROOT_NODE && !isUuid(body.nodeId))
      throw invalidRequest([{ pointer: '/nodeId', detail: 'must be the id of a node, or root' }]);
    const token = await this.tokens.issue({
      login: body.login,
      displayName: body.displayName ?? body.login,
      nodeId: body.nodeId,
      environment: body.environment ?? 'TEST',
      scopes: body.scopes,
      lifetimeSeconds: body.lifetimeSeconds ?? DAY_SECONDS,
    });
    return { token };
  }
}
