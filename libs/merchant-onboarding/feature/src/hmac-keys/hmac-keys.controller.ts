import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { hmacKeyStream, passphraseStrength } from '@encaisse/merchant-onboarding/domain';
import { Clock, Timers } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  ChangesNothing,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  orProblem,
  RateLimit,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { CreateHmacKeyCommand } from './create-hmac-key.handler';
import { keyStreamId } from './hmac-key-book';
import { CREATE_PROBLEMS, createRefusalDetail } from './hmac-key-problems';
import { hmacKeyView } from './hmac-key-view';
import { CreateHmacKeyBody, PassphraseBody, VerifyMessageBody } from './hmac-keys.body';
import { HmacVerifier } from './hmac-verifier';

const MINUTE_MILLIS = 60_000;

/** The keys that authenticate the messages of a shop's site (HMAC). */
@ApiTags('HMAC keys')
@Controller('api/v1/shops/:shopId/hmac-keys')
export class HmacKeysController {
  /** The meter follows what is typed; a key costs a good part of a second of a processor. */
  private readonly meterLimit: RateLimit;
  private readonly createLimit: RateLimit;
  private readonly verifyLimit: RateLimit;

  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
    private readonly verifier: HmacVerifier,
    timers: Timers,
  ) {
    this.meterLimit = new RateLimit(timers, { most: 300, windowMillis: MINUTE_MILLIS });
    this.createLimit = new RateLimit(timers, { most: 10, windowMillis: MINUTE_MILLIS });
    this.verifyLimit = new RateLimit(timers, { most: 300, windowMillis: MINUTE_MILLIS });
  }

  @Post('strength')
  @HttpCode(200)
  @Needs('manage-hmac-key')
  @ChangesNothing()
  @ApiOperation({ summary: 'How good a passphrase is, as it is typed (HMAC-02)' })
  strength(
    @Param('shopId') shopId: string,
    @Body() body: PassphraseBody,
    @CurrentCaller() caller: Caller,
  ) {
    this.directory.visibleShop(shopId, caller);
    this.meterLimit.take(limitKeyOf(caller));
    return passphraseStrength(body.passphrase);
  }

  /** The key is in this answer and in no other. */
  @Post()
  @HttpCode(201)
  @Needs('manage-hmac-key')
  @Logged('HMAC_KEY')
  @ApiOperation({ summary: 'Derive a key from a passphrase and mail the link that confirms it' })
  async create(
    @Param('shopId') shopId: string,
    @Body() body: CreateHmacKeyBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const shop = this.directory.visibleShop(shopId, caller);
    const keyId = commandId(body.id, idempotencyKey, caller, `hmac-keys ${shopId}`);
    entry.about({ kind: 'hmac-key', id: keyId, nodeId: shopId });
    this.createLimit.take(limitKeyOf(caller));
    const { environment } = caller;
    const kind = body.kind ?? 'MERCHANT';
    const { passphrase } = body;
    const { result, key } = await this.commands.execute(
      new CreateHmacKeyCommand({ keyId, environment, shopId, shop, kind, passphrase }, metadata),
    );
    orProblem(result.decision, CREATE_PROBLEMS, createRefusalDetail);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    void reply.header('cache-control', 'no-store');
    const keys = await this.keysOf(shopId, caller);
    const made = keys.find((one) => one.keyId === keyId);
    entry.changed(null, { kind, status: made?.status });
    const isConfirmationMailed = kind === 'MERCHANT';
    return { ...made, key, isConfirmationMailed };
  }

  @Get()
  @Needs('view-settings')
  @ApiOperation({ summary: 'The keys of a shop, newest first, without the keys themselves' })
  async list(@Param('shopId') shopId: string, @CurrentCaller() caller: Caller) {
    this.directory.visibleShop(shopId, caller);
    return { items: (await this.keysOf(shopId, caller)).reverse() };
  }

  @Post('verify')
  @HttpCode(200)
  @Needs('manage-hmac-key')
  @ChangesNothing()
  @ApiOperation({ summary: 'Whether a digest is that of a message under the key in force' })
  async verify(
    @Param('shopId') shopId: string,
    @Body() body: VerifyMessageBody,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
  ) {
    this.directory.visibleShop(shopId, caller);
    this.verifyLimit.take(limitKeyOf(caller));
    const message = Buffer.from(body.message, 'utf8');
    const place = { environment: caller.environment, shopId };
    const { isAuthentic } = await this.verifier.verifyHmac(place, message, body.digest, metadata);
    return { isAuthentic };
  }

  private async keysOf(shopId: string, { environment }: Caller) {
    const id = keyStreamId({ environment, shopId });
    const { state } = await this.streams.load(hmacKeyStream, id);
    const now = this.clock.now();
    return state.keys.map((key) => hmacKeyView(key, now));
  }
}

function limitKeyOf({ actor, nodeId }: Caller): string {
  return `${actor.login}|${nodeId}`;
}
