import { Body, Controller, HttpCode, Inject, Post, Put, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import {
  PASSWORD_LEVEL_LABELS,
  PASSWORD_LEVELS,
  type PasswordLevel,
  passwordQuality,
} from '@encaisse/access/domain';
import { invariant } from '@encaisse/kernel';
import { Sessions } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type CallingPerson,
  ChangesNothing,
  CurrentPerson,
  DuringSignIn,
  Logged,
  Needs,
  Public,
  RequestMetadata,
} from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setSessionCookie } from '../sign-in/session-cookie';
import { SessionAnswer, SessionViews } from '../sign-in/session-view';
import { PasswordChanges } from './change-password';

class ChangePasswordBody {
  @ApiProperty()
  @IsString()
  @Length(1, 200)
  currentPassword!: string;

  @ApiProperty()
  @IsString()
  @Length(1, 200)
  newPassword!: string;

  @ApiProperty({ description: 'The new password once more (AUTH-08)' })
  @IsString()
  @Length(1, 200)
  newPasswordRepeated!: string;
}

class QualityBody {
  @ApiProperty({ example: '123456%AfP@10oz' })
  @IsString()
  @Length(0, 200)
  password!: string;
}

class QualityAnswer {
  @ApiProperty({ enum: PASSWORD_LEVELS })
  level!: PasswordLevel;

  @ApiProperty({ example: { fr: 'Fort', en: 'Strong' } })
  label!: { readonly fr: string; readonly en: string };
}

@ApiTags('own account')
@Controller('api/v1')
export class PasswordsController {
  constructor(
    private readonly changes: PasswordChanges,
    private readonly sessions: Sessions,
    private readonly views: SessionViews,
    private readonly clock: Clock,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  @Put('me/password')
  @Needs('own-account')
  @DuringSignIn('password', 'terms')
  @Logged('PASSWORD_CHANGE')
  @ApiOperation({ summary: 'Change the own password (AUTH-04, AUTH-07, AUTH-08)' })
  @ApiOkResponse({ type: SessionAnswer })
  async change(
    @Body() body: ChangePasswordBody,
    @CurrentPerson() person: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    const { token } = await this.changes.change(person, body, request.ip, metadata);
    setSessionCookie(reply, token, this.settings.nodeEnvironment === 'production');
    const live = await this.sessions.resume(token, this.clock.now());
    invariant(live, 'the session goes on');
    return this.views.of(live);
  }

  @Post('password-quality')
  @HttpCode(200)
  @Public()
  @ChangesNothing()
  @ApiOperation({ summary: 'The five-level meter of passwords (AUTH-09)' })
  @ApiOkResponse({ type: QualityAnswer })
  quality(@Body() { password }: QualityBody): QualityAnswer {
    const level = passwordQuality(password);
    return { level, label: PASSWORD_LEVEL_LABELS[level] };
  }
}
