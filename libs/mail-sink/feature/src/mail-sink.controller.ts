import { Controller, Delete, Get, HttpCode, Inject, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChangesNothing, notFound, Public } from '@encaisse/platform/http';
import { readSmsFiles } from '@encaisse/platform/mail';
import { SETTINGS_TOKEN, type Settings, smsFolder } from '@encaisse/platform/runtime';
import type { FastifyReply } from 'fastify';
import { mailList, mailPage, smsList } from './pages/mail-pages';
import { MAIL_POLICY, PAGE_POLICY } from './pages/page';
import { type SinkMail, SmtpSink } from './smtp-sink';

const SMS_SHOWN = 1000;

/** What was written to people, read in a browser. Outside production only. */
@ApiTags('dev')
@Controller('dev')
@Public()
export class MailSinkController {
  constructor(
    private readonly sink: SmtpSink,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  @Get('mail')
  @ApiOperation({ summary: 'The mails the local SMTP server took, as a page' })
  async list(@Res() reply: FastifyReply): Promise<void> {
    await sendPage(reply, mailList(this.newestFirst()));
  }

  @Get('mail.json')
  @ApiOperation({ summary: 'The mails the local SMTP server took' })
  listJson() {
    return { items: this.newestFirst() };
  }

  @Delete('mail')
  @ChangesNothing()
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget all mails' })
  clear(): void {
    this.sink.clear();
  }

  @Get('mail/:mailId')
  @ApiOperation({ summary: 'One mail as a page; with .json after its id as JSON' })
  async show(@Param('mailId') mailId: string, @Res() reply: FastifyReply): Promise<void> {
    const id = mailId.replace(/\.json$/, '');
    const mail = this.mail(id);
    if (id === mailId) await sendPage(reply, mailPage(mail));
    else await reply.header('cache-control', 'no-store').send(mail);
  }

  @Get('mail/:mailId/html')
  @ApiOperation({ summary: 'The HTML of a mail, in a sandbox' })
  async html(@Param('mailId') mailId: string, @Res() reply: FastifyReply): Promise<void> {
    const { html } = this.mail(mailId);
    if (html === null) throw notFound('HTML of this mail');
    await sendPage(reply, html, MAIL_POLICY);
  }

  @Get('sms')
  @ApiOperation({ summary: 'The short messages written to files, as a page' })
  async smsPage(@Res() reply: FastifyReply): Promise<void> {
    await sendPage(reply, smsList(await this.shortMessages()));
  }

  @Get('sms.json')
  @ApiOperation({ summary: 'The short messages written to files' })
  async smsJson() {
    return { items: await this.shortMessages() };
  }

  private mail(id: string): SinkMail {
    const found = this.sink.mails.find((one) => String(one.id) === id);
    if (!found) throw notFound('mail');
    return found;
  }

  private newestFirst(): readonly SinkMail[] {
    return [...this.sink.mails].reverse();
  }

  private shortMessages() {
    return readSmsFiles(smsFolder(this.settings), SMS_SHOWN);
  }
}

async function sendPage(reply: FastifyReply, html: string, policy = PAGE_POLICY): Promise<void> {
  await reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send(html);
}
