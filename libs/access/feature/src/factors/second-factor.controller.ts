import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { invariant } from '@encaisse/kernel';
import { Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type CallingPerson,
  CurrentPerson,
  DuringSignIn,
  Logged,
  Needs,
  RequestMetadata,
} from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setSessionCookie } from '../sign-in/session-cookie';
import { SessionAnswer, SessionViews } from '../sign-in/session-view';
import { CodeBody, PasskeyProofBody, SecondFactorOptionsAnswer } from './factor-bodies';
import { SecondFactor, type SecondFactorProof } from './second-factor';

/** The gate between the password and everything else, for users with a second factor. */
@ApiTags('session')
@Controller('api/v1/session/second-factor')
export class SecondFactorController {
  constructor(
    private readonly secondFactor: SecondFactor,
    private readonly sessions: Sessions,
    private readonly views: SessionViews,
    private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('own-account')
  @DuringSignIn('second-factor')
  @Logged('SECOND_FACTOR')
  @ApiOperation({ summary: 'Give a one-time code' })
  @ApiOkResponse({ type: SessionAnswer })
  code(
    @Body() { code }: CodeBody,
    @CurrentPerson() person: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    return this.pass({ code }, person, metadata, request, reply);
  }

  @Post('options')
  @HttpCode(200)
  @Needs('own-account')
  @DuringSignIn('second-factor')
  @Logged('SECOND_FACTOR')
  @ApiOperation({ summary: 'What can be given, with what a browser needs for a passkey' })
  @ApiOkResponse({ type: SecondFactorOptionsAnswer })
  options(@CurrentPerson() { userId }: CallingPerson): Promise<SecondFactorOptionsAnswer> {
    return this.secondFactor.options(userId);
  }

  @Post('passkey')
  @HttpCode(200)
  @Needs('own-account')
  @DuringSignIn('second-factor')
  @Logged('SECOND_FACTOR')
  @ApiOperation({ summary: 'Give a passkey' })
  @ApiOkResponse({ type: SessionAnswer })
  passkey(
    @Body() { challengeId, response }: PasskeyProofBody,
    @CurrentPerson() person: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    return this.pass({ challengeId, response }, person, metadata, request, reply);
  }

  private async pass(
    proof: SecondFactorProof,
    person: CallingPerson,
    metadata: EventMetadata,
    { ip }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<SessionAnswer> {
    const { token } = await this.secondFactor.pass(person, proof, ip, metadata);
    setSessionCookie(reply, token, this.settings.nodeEnvironment === 'production');
    const live = await this.sessions.resume(token, this.clock.now());
    invariant(live, 'the session goes on');
    return this.views.of(live);
  }
}
