import { readFileSync } from 'node:fs';
import { Body, Controller, Get, Headers, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { contactRequestStream, requestContact } from '@encaisse/merchant-onboarding/domain';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  commandId as commandIdOf,
  COMMON_PROBLEMS,
  CurrentCaller,
  Logged,
  Needs,
  orProblem,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { contentFingerprint, Keyring } from '@encaisse/platform/security';
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { ContactMails } from './contact-mails';
import { PLACEHOLDER_SUPPORT, type SupportInformation } from './support-information';

/** What no mail program reads as two addresses, or as a name and an address. */
const ONE_ADDRESS = /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/;

class ContactRequestBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ description: 'One of the contracts the caller sees' })
  @IsUUID()
  contractId!: string;

  @ApiProperty({ example: 'camille.durand@example.com' })
  @IsEmail()
  @Matches(ONE_ADDRESS, { message: 'email must be one plain e-mail address' })
  @Length(6, 120)
  email!: string;

  @ApiProperty({ description: 'Détail de la demande' })
  @IsString()
  @Length(1, 5000)
  detail!: string;

  @ApiProperty({ required: false, description: 'Objet' })
  @IsOptional()
  @IsString()
  @Length(1, 120)
  subject?: string;

  @ApiProperty({ required: false, default: false, description: 'Recevoir une copie par email' })
  @IsOptional()
  @IsBoolean()
  isCopyWanted?: boolean;
}

/** Contact and help (SUPP). */
@ApiTags('support')
@Controller('api/v1')
export class SupportController {
  private readonly information: SupportInformation;

  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
    private readonly keyring: Keyring,
    private readonly mails: ContactMails,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'supportFile'>,
  ) {
    const { supportFile } = settings;
    this.information =
      supportFile === null
        ? PLACEHOLDER_SUPPORT
        : (JSON.parse(readFileSync(supportFile, 'utf8')) as SupportInformation);
  }

  @Get('support')
  @Needs('contact-support')
  @ApiOperation({ summary: 'Hours, channels, documents; the directory for bank staff (SUPP-07)' })
  show(@CurrentCaller() caller: Caller) {
    const { directory, ...shown } = this.information;
    return caller.actions.has('open-store-service') ? { ...shown, directory } : shown;
  }

  @Post('contact-requests')
  @HttpCode(201)
  @Needs('contact-support')
  @Logged('CONTACT_REQUEST')
  @ApiOperation({ summary: 'Write to support of a contract (SUPP-01 to SUPP-03)' })
  async contact(
    @Body() body: ContactRequestBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { shopId } = this.directory.visibleContract(body.contractId, caller);
    const requestId = commandIdOf(body.id, idempotencyKey, caller, 'contact-requests');
    entry.about({ kind: 'contract', id: body.contractId, nodeId: shopId });
    const { contractId, email, detail } = body;
    const content = { contractId, email, detail, subject: body.subject ?? '' };
    const isCopied = body.isCopyWanted ?? false;
    const fingerprint = contentFingerprint(this.keyring.contentKey, { ...content, isCopied });
    const { environment } = caller;
    const at = this.clock.now();
    const request = { requestId, environment, contractId, shopId, isCopied, fingerprint, at };
    const result = await this.streams.decide(
      contactRequestStream,
      requestId,
      (state) => requestContact(request, state),
      metadata,
    );
    orProblem(result.decision, COMMON_PROBLEMS);
    const shop = this.directory.current.node(shopId);
    await this.mails.send({ requestId, environment, shop, isCopied, ...content });
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { requestId, isCopied };
  }
}
