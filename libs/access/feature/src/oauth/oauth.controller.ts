import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import {
  ActionEntry,
  type ActionNotes,
  Logged,
  Public,
  type RequestWithNotes,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { readTokenRequest, type TokenError } from './oauth-request';
import { type GivenToken, TOKEN_SECONDS, TokenEndpoint } from './token-endpoint';

class TokenForm {
  @ApiProperty({ enum: ['client_credentials'] }) grant_type!: string;
  @ApiProperty({ required: false, description: 'The keyId, unless sent by HTTP Basic' })
  client_id?: string;
  @ApiProperty({ required: false, description: 'The secret of the key, or the whole key' })
  client_secret?: string;
  @ApiProperty({ required: false, description: 'Some of the key’s actions, separated by spaces' })
  scope?: string;
}

class TokenAnswer {
  @ApiProperty() access_token!: string;
  @ApiProperty({ enum: ['Bearer'] }) token_type!: string;
  @ApiProperty({ example: TOKEN_SECONDS }) expires_in!: number;
  @ApiProperty({ description: 'The actions it opens, separated by spaces' }) scope!: string;
}

class TokenErrorAnswer {
  @ApiProperty() error!: string;
  @ApiProperty() error_description!: string;
}

/** The token endpoint of machines (RFC 6749 §4.4); its refusals are those of §5.2. */
@ApiTags('API keys')
@Controller('oauth')
export class OauthController {
  constructor(private readonly endpoint: TokenEndpoint) {}

  @Post('token')
  @HttpCode(200)
  @Public()
  @Logged('TOKEN')
  @ApiOperation({ summary: 'A token for an API key, by its id and secret' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: TokenForm })
  @ApiOkResponse({ type: TokenAnswer })
  @ApiBadRequestResponse({ type: TokenErrorAnswer })
  @ApiUnauthorizedResponse({ type: TokenErrorAnswer })
  async token(
    @Req() request: RequestWithNotes,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenAnswer | TokenErrorAnswer> {
    const { headers, body, ip } = request;
    void reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    const asked = readTokenRequest(headers['content-type'], body, headers.authorization);
    if ('error' in asked) return refused(asked, request, reply);
    const given = await this.endpoint.give(asked, ip);
    if ('error' in given) return refused(given, request, reply);
    noteMachine(entry, given);
    return {
      access_token: given.token,
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      scope: given.scope,
    };
  }
}

function noteMachine(entry: ActionNotes, { machine, scope }: GivenToken): void {
  const { keyId, nodeId } = machine;
  const actor = { kind: 'machine', login: `key:${keyId}` } as const;
  entry.doneBy({ actor, userId: null, nodeId, person: null });
  entry.about({ kind: 'api-key', id: keyId, nodeId });
  entry.changed(null, { scope });
}

function refused(
  answer: TokenError,
  request: RequestWithNotes,
  reply: FastifyReply,
): TokenErrorAnswer {
  const isClient = answer.error === 'invalid_client';
  request.problemCode = answer.error;
  void reply.status(isClient ? 401 : 400);
  if (isClient) void reply.header('www-authenticate', 'Basic realm="encaisse"');
  return answer;
}
