import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  type CallingPerson,
  commandId,
  CurrentCaller,
  CurrentPerson,
  invalidRequest,
  Logged,
  Needs,
  notFound,
  ReadsFrom,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wrongPassword } from '../passwords/change-password';
import { Passwords } from '../passwords/passwords';
import type { UserOutcome } from '../users/user-accounts';
import { USERS_PROJECTION } from '../users.projection';
import {
  BegunFactorAnswer,
  CodeBody,
  FactorsAnswer,
  NewFactorBody,
  PasskeyOptionsAnswer,
  RegisterPasskeyBody,
  RemoveFactorBody,
} from './factor-bodies';
import { factorProblem } from './factor-problems';
import { Factors } from './factors';
import { OwnFactors } from './own-factors';
import { ProofAttempts } from './proof-attempts';
import { SecondFactor } from './second-factor';

const ROUTE = 'me/factors';

/** The own second factors: one-time codes of a telephone, and passkeys. */
@ApiTags('own account')
@Controller('api/v1/me/factors')
@ReadsFrom(USERS_PROJECTION)
export class FactorsController {
  constructor(
    private readonly own: OwnFactors,
    private readonly factors: Factors,
    private readonly secondFactor: SecondFactor,
    private readonly passwords: Passwords,
    private readonly attempts: ProofAttempts,
  ) {}

  @Get()
  @Needs('own-account')
  @ApiOperation({ summary: 'The own second factors' })
  @ApiOkResponse({ type: FactorsAnswer })
  async list(@CurrentPerson() { userId }: CallingPerson): Promise<FactorsAnswer> {
    return { factors: await this.factors.shown(userId) };
  }

  @Post('totp')
  @HttpCode(201)
  @Needs('own-account')
  @Logged('SECOND_FACTOR')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Begin one-time codes (RFC 6238); a first code confirms them' })
  @ApiCreatedResponse({ type: BegunFactorAnswer })
  async begin(
    @Body() { id, label }: NewFactorBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @CurrentPerson() { userId, session }: CallingPerson,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BegunFactorAnswer> {
    const factorId = commandId(id, idempotencyKey, caller, `${ROUTE}/totp`);
    entry.about({ kind: 'factor', id: factorId });
    const owner = { userId, login: session.login };
    const { isReplay, told } = await this.own.begin(owner, { factorId, label });
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    void reply.header('cache-control', 'no-store');
    return { factorId, uri: told?.uri ?? null, secret: told?.secret ?? null };
  }

  @Post(':factorId/confirm')
  @HttpCode(200)
  @Needs('own-account')
  @Logged('SECOND_FACTOR')
  @ApiOperation({ summary: 'Confirm one-time codes: signing in asks for one from now on' })
  @ApiOkResponse({ type: FactorsAnswer })
  async confirm(
    @Param('factorId') factorId: string,
    @Body() { code }: CodeBody,
    @CurrentPerson() { userId }: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @Req() { ip }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FactorsAnswer> {
    return this.answer(await this.own.confirm(userId, factorId, code, ip, metadata), reply);
  }

  @Post('passkeys/options')
  @HttpCode(200)
  @Needs('own-account')
  @Logged('SECOND_FACTOR')
  @ApiOperation({ summary: 'What a browser needs to make a passkey; good for five minutes' })
  @ApiOkResponse({ type: PasskeyOptionsAnswer })
  options(@CurrentPerson() { userId, session }: CallingPerson): Promise<PasskeyOptionsAnswer> {
    return this.own.passkeyOptions({ userId, login: session.login });
  }

  @Post('passkeys')
  @HttpCode(201)
  @Needs('own-account')
  @Logged('SECOND_FACTOR')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Register a passkey: signing in asks for a second factor from now on' })
  @ApiCreatedResponse({ type: FactorsAnswer })
  async register(
    @Body() { id, label, challengeId, response }: RegisterPasskeyBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @CurrentPerson() { userId }: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FactorsAnswer> {
    const factorId = commandId(id, idempotencyKey, caller, `${ROUTE}/passkeys`);
    entry.about({ kind: 'factor', id: factorId });
    const answer = { challengeId, response };
    const outcome = await this.own.register(userId, { factorId, label }, answer, metadata);
    return this.answer(outcome, reply);
  }

  @Delete(':factorId')
  @HttpCode(200)
  @Needs('own-account')
  @Logged('SECOND_FACTOR')
  @ApiOperation({ summary: 'Remove a factor, by the current password or a code' })
  @ApiOkResponse({ type: FactorsAnswer })
  async remove(
    @Param('factorId') factorId: string,
    @Body() { currentPassword, code }: RemoveFactorBody,
    @CurrentPerson() { userId }: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @Req() { ip }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FactorsAnswer> {
    if (!(await this.own.isOwn(userId, factorId))) throw notFound('second factor');
    const proving = { userId, address: ip, metadata };
    if (currentPassword !== undefined)
      await this.attempts.prove(
        proving,
        () => this.passwords.isRight(userId, currentPassword),
        wrongPassword,
      );
    else if (code !== undefined)
      await this.attempts.prove(
        proving,
        () => this.secondFactor.isRight(userId, { code }),
        () => factorProblem('factor-code-wrong'),
      );
    else throw invalidRequest([{ pointer: '', detail: 'give currentPassword or code' }]);
    return this.answer(await this.own.remove(userId, factorId, metadata), reply);
  }

  private async answer(
    { userId, position, isReplay }: UserOutcome,
    reply: FastifyReply,
  ): Promise<FactorsAnswer> {
    tellPosition(reply, position);
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { factors: await this.factors.shown(userId) };
  }
}
