import {
  applyDecorators,
  Body,
  Controller,
  Get,
  HttpCode,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { isRefused } from '@encaisse/kernel';
import {
  ActionEntry,
  type ActionNotes,
  Logged,
  metadataOf,
  orProblem,
  Public,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ACTIVATION_REFUSED,
  askPage,
  donePage,
  PAGE_HEADERS,
  refusedPage,
} from './activation-page';
import { ConfirmHmacKeyCommand } from './confirm-hmac-key.handler';
import { CONFIRM_PROBLEMS } from './hmac-key-problems';
import { ACTIVATION_PATH } from './hmac-key-mails';
import { ActivateHmacKeyBody } from './hmac-keys.body';

/**
 * Confirms a key by the link of its mail (HMAC-10, HMAC-11). Whoever holds the link needs no other right.
 * A programme that looks at links before a person does finds a button, and confirms nothing.
 */
@ApiTags('HMAC keys')
@Controller()
@Public()
export class ActivateHmacKeyController {
  constructor(private readonly commands: CommandBus) {}

  @Post('api/v1/hmac-keys/activate')
  @HttpCode(200)
  @Logged('HMAC_KEY')
  @ApiOperation({ summary: 'Put a key in force with the id of its link' })
  async activate(
    @Body() { token }: ActivateHmacKeyBody,
    @Req() request: FastifyRequest,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { key, result } = await this.confirm(token, request, entry);
    orProblem(result.decision, CONFIRM_PROBLEMS);
    tellPosition(reply, result.position);
    return { keyId: key?.keyId, shopId: key?.shopId, environment: key?.environment };
  }

  @Get(ACTIVATION_PATH)
  @ApiOperation({ summary: 'The page of the link: it asks before it confirms' })
  @ApiQuery({ name: 'id', required: false, schema: { type: 'string' } })
  @ApiResponse(pageOf(200, 'A button that confirms'))
  @ApiResponse(pageOf(404, ACTIVATION_REFUSED['key-link-unknown'].text))
  async ask(@Query('id') id: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const isToken = typeof id === 'string' && TOKEN.test(id);
    await send(reply, isToken ? 200 : 404, isToken ? askPage(id) : refusedPage('key-link-unknown'));
  }

  @Post(ACTIVATION_PATH)
  @HttpCode(200)
  @Logged('HMAC_KEY')
  @ApiOperation({ summary: 'What the button of the page sends' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: { type: 'object', properties: { id: { type: 'string' } } } })
  @ApiResponse(pageOf(200, 'The key is in force'))
  @RefusedByPage()
  async confirmByPage(
    @Req() request: FastifyRequest,
    @ActionEntry() entry: ActionNotes,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { id } = (request.body ?? {}) as { readonly id?: unknown };
    const token = typeof id === 'string' && TOKEN.test(id) ? id : '';
    const { decision } = (await this.confirm(token, request, entry)).result;
    if (!isRefused(decision)) return send(reply, 200, donePage());
    const { code } = decision.refused;
    await send(reply, ACTIVATION_REFUSED[code].status, refusedPage(code));
  }

  private async confirm(token: string, request: FastifyRequest, entry: ActionNotes) {
    const metadata = metadataOf(request, { kind: 'system', login: 'hmac-link' });
    const confirmed = await this.commands.execute(new ConfirmHmacKeyCommand(token, metadata));
    const { key, result } = confirmed;
    if (key) entry.about({ kind: 'hmac-key', id: key.keyId, nodeId: key.shopId });
    if (!isRefused(result.decision)) entry.changed({ status: 'CREATED' }, { status: 'ACTIVATED' });
    return confirmed;
  }
}

function RefusedByPage(): MethodDecorator {
  const refusals = Object.values(ACTIVATION_REFUSED);
  return applyDecorators(...refusals.map(({ status, text }) => ApiResponse(pageOf(status, text))));
}

/** How the description of the API names an answer that a person reads. */
function pageOf(status: number, description: string) {
  return { status, description, content: { 'text/html': { schema: { type: 'string' } } } } as const;
}

/** 256 bits in base64url. */
const TOKEN = /^[\w-]{43}$/;

async function send(reply: FastifyReply, status: number, html: string): Promise<void> {
  await reply.status(status).headers(PAGE_HEADERS).send(html);
}
