import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Clock } from '@encaisse/platform/clock';
import {
  ActionEntry,
  type ActionNotes,
  ANONYMOUS,
  Logged,
  metadataOf,
  Public,
} from '@encaisse/platform/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Accounts } from '../sign-in/accounts';
import { noteActor } from '../sign-in/sign-in';
import { SignInThrottle } from '../sign-in/sign-in-throttle';
import { PasswordChanges, refuseDifferent } from './change-password';
import { OneTimeLinks } from './one-time-links';
import { PASSWORD_PAGE, PASSWORD_PAGE_POLICY } from './password-page';

class ChoosePasswordBody {
  @ApiProperty({ description: 'What stands behind the hash of the link' })
  @IsString()
  @Length(1, 200)
  token!: string;

  @ApiProperty()
  @IsString()
  @Length(1, 200)
  newPassword!: string;

  @ApiProperty()
  @IsString()
  @Length(1, 200)
  newPasswordRepeated!: string;
}

class ChosenAnswer {
  @ApiProperty({ example: 'claire.martin.4821', description: 'Sign in with this login' })
  login!: string;
}

/** The way in by a link that was mailed (AUTH-12). */
@ApiTags('session')
@Controller()
@Public()
export class OneTimeLinkController {
  constructor(
    private readonly links: OneTimeLinks,
    private readonly changes: PasswordChanges,
    private readonly accounts: Accounts,
    private readonly throttle: SignInThrottle,
    private readonly clock: Clock,
  ) {}

  @Post('api/v1/one-time-links/password')
  @HttpCode(200)
  @Logged('PASSWORD_CHANGE')
  @ApiOperation({ summary: 'Choose a password with the link that was mailed; good for one use' })
  @ApiOkResponse({ type: ChosenAnswer })
  async choose(
    @Body() { token, newPassword, newPasswordRepeated }: ChoosePasswordBody,
    @Req() request: FastifyRequest,
    @ActionEntry() entry: ActionNotes,
  ): Promise<ChosenAnswer> {
    refuseDifferent(newPassword, newPasswordRepeated);
    await this.throttle.take(request.ip);
    const at = this.clock.now();
    const userId = await this.links.claim(token, at);
    await this.throttle.giveBack(request.ip);
    const account = await this.accounts.byId(userId);
    if (account) noteActor(entry, account);
    const actor = account ? ({ kind: 'person', login: account.login } as const) : ANONYMOUS;
    try {
      const metadata = metadataOf(request, actor);
      await this.changes.choose(userId, newPassword, at, metadata, () => Promise.resolve());
    } catch (error) {
      await this.links.giveBack(token);
      throw error;
    }
    return { login: account?.login ?? '' };
  }

  @Get('password')
  @ApiOperation({ summary: 'The page that a mailed link leads to' })
  @ApiProduces('text/html')
  page(@Res() reply: FastifyReply): void {
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', PASSWORD_PAGE_POLICY)
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store')
      .send(PASSWORD_PAGE);
  }
}
