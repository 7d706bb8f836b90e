import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { ENVIRONMENTS, type Environment, invariant } from '@encaisse/kernel';
import { Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import {
  ActionEntry,
  type ActionNotes,
  ANONYMOUS,
  type CallingPerson,
  CurrentPerson,
  DuringSignIn,
  Logged,
  metadataOf,
  Needs,
  Public,
  sessionToken,
} from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clearSessionCookie, setSessionCookie } from './session-cookie';
import { SessionAnswer, SessionViews } from './session-view';
import { SignIn } from './sign-in';

class SignInBody {
  @ApiProperty({ example: 'claire.martin.4821' })
  @IsString()
  @Length(1, 100)
  login!: string;

  @ApiProperty()
  @IsString()
  @Length(1, 200)
  password!: string;

  @ApiProperty({ enum: ENVIRONMENTS, required: false, description: 'Production in production' })
  @IsOptional()
  @IsIn(ENVIRONMENTS)
  environment?: Environment;
}

class EnvironmentBody {
  @ApiProperty({ enum: ENVIRONMENTS })
  @IsIn(ENVIRONMENTS)
  environment!: Environment;
}

/** Signing in and out (AUTH). */
@ApiTags('session')
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: Sessions,
    private readonly views: SessionViews,
    private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  @Post()
  @Public()
  @Logged('SIGN_IN')
  @ApiOperation({ summary: 'Sign in with login and password (AUTH-02)' })
  @ApiCreatedResponse({ type: SessionAnswer })
  async open(
    @Body() body: SignInBody,
    @Req() request: FastifyRequest,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    const { login, password, environment = this.usualEnvironment } = body;
    const wanted = {
      login,
      password,
      environment,
      address: request.ip,
      replaces: sessionToken(request),
    };
    const { token } = await this.signIn.attempt(wanted, entry, metadataOf(request, ANONYMOUS));
    setSessionCookie(reply, token, this.isSecure);
    const live = await this.sessions.resume(token, this.clock.now());
    invariant(live, 'a session was opened');
    return this.views.of(live);
  }

  @Get()
  @Needs('own-account')
  @DuringSignIn('second-factor', 'password', 'terms')
  @ApiOperation({ summary: 'Who is signed in, what they may do, what is still to be done' })
  @ApiOkResponse({ type: SessionAnswer })
  show(@CurrentPerson() { session }: CallingPerson): Promise<SessionAnswer> {
    return this.views.of(session);
  }

  @Delete()
  @HttpCode(204)
  @Needs('own-account')
  @DuringSignIn('second-factor', 'password', 'terms')
  @Logged('SIGN_OUT')
  @ApiOperation({ summary: 'Sign out (AUTH-13)' })
  async close(
    @CurrentPerson() { session }: CallingPerson,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(session.sessionId, this.clock.now());
    clearSessionCookie(reply, this.isSecure);
  }

  @Put('environment')
  @Needs('own-account')
  @Logged('PREFERENCES')
  @ApiOperation({ summary: 'Look at the other environment (GEN-07)' })
  @ApiOkResponse({ type: SessionAnswer })
  async look(
    @Body() { environment }: EnvironmentBody,
    @CurrentPerson() { session }: CallingPerson,
    @ActionEntry() entry: ActionNotes,
  ): Promise<SessionAnswer> {
    await this.sessions.look(session.sessionId, environment);
    entry.changed({ environment: session.environment }, { environment });
    return this.views.of({ ...session, environment });
  }

  private get usualEnvironment(): Environment {
    return this.isSecure ? 'PRODUCTION' : 'TEST';
  }

  private get isSecure(): boolean {
    return this.settings.nodeEnvironment === 'production';
  }
}
