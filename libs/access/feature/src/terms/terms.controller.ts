import { Body, Controller, Get, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  type CallingPerson,
  commandId,
  CurrentCaller,
  CurrentPerson,
  DuringSignIn,
  Logged,
  Needs,
  Public,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { SessionAnswer, SessionViews } from '../sign-in/session-view';
import { TermsOfUse } from './terms-of-use';

class TermsAnswer {
  @ApiProperty({ example: 2 }) version!: number;
  @ApiProperty() textFr!: string;
  @ApiProperty() textEn!: string;
  @ApiProperty({ nullable: true, type: String }) publishedAt!: string | null;
}

class AcceptBody {
  @ApiProperty({ example: 2, description: 'The version that was shown' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version!: number;
}

class PublishBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ example: 'Les identifiants sont personnels.' })
  @IsString()
  @Length(1, 100_000)
  textFr!: string;

  @ApiProperty({ example: 'Sign-ins are personal.' })
  @IsString()
  @Length(1, 100_000)
  textEn!: string;
}

@ApiTags('terms of use')
@Controller('api/v1')
export class TermsController {
  constructor(
    private readonly terms: TermsOfUse,
    private readonly views: SessionViews,
  ) {}

  @Get('terms')
  @Public()
  @ApiOperation({ summary: 'The general terms of use in force (AUTH-05)' })
  @ApiOkResponse({ type: TermsAnswer })
  show(): Promise<TermsAnswer> {
    return this.terms.inForce();
  }

  @Post('me/terms')
  @HttpCode(200)
  @Needs('own-account')
  @DuringSignIn('terms')
  @Logged('TERMS_ACCEPTANCE')
  @ApiOperation({ summary: 'Accept the terms in force (AUTH-05, AUTH-06)' })
  @ApiOkResponse({ type: SessionAnswer })
  async accept(
    @Body() { version }: AcceptBody,
    @CurrentPerson() { userId, session }: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
  ): Promise<SessionAnswer> {
    await this.terms.accept(userId, version, metadata);
    entry.changed(null, { version });
    return this.views.of({ ...session, gate: null });
  }

  @Post('terms')
  @HttpCode(201)
  @Needs('publish-terms')
  @Logged('TERMS_PUBLICATION')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOperation({ summary: 'Publish a new version, which every user must accept (AUTH-06)' })
  async publish(
    @Body() { id, textFr, textEn }: PublishBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TermsAnswer> {
    const publicationId = commandId(id, idempotencyKey, caller, 'terms');
    const result = await this.terms.publish({ publicationId, textFr, textEn }, metadata);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return this.terms.inForce();
  }
}
