import { Inject, Injectable } from '@nestjs/common';
import type { Environment } from '@encaisse/kernel';
import type { DirectoryNode } from '@encaisse/merchant-onboarding/contract';
import { derivedUuid } from '@encaisse/platform/http';
import { Mailer } from '@encaisse/platform/mail';
import { Database } from '@encaisse/platform/postgres';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { redactCardNumbers } from '@encaisse/platform/security';

/** A request as it is written to support. Lives in memory and in the mail. */
export type ContactMail = {
  readonly requestId: string;
  readonly environment: Environment;
  readonly shop: DirectoryNode | undefined;
  readonly email: string;
  readonly subject: string;
  readonly detail: string;
  readonly isCopied: boolean;
};

/** Writes requests to support, with what support must know of the site (SUPP-03), and copies (SUPP-02). */
@Injectable()
export class ContactMails {
  constructor(
    private readonly mailer: Mailer,
    private readonly database: Database,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'supportAddress'>,
  ) {}

  /** The same request again sends nothing a second time. A card number typed by mistake leaves masked. */
  async send({
    requestId,
    environment,
    shop,
    email,
    isCopied,
    ...text
  }: ContactMail): Promise<void> {
    const data = {
      siteNumber: shop?.siteNumber ?? '',
      rank: shop?.rank ?? '',
      identifier: shop?.merchantIdentifier ?? '',
      topic: redactCardNumbers(text.subject),
      message: redactCardNumbers(text.detail),
    };
    const common = {
      language: 'fr',
      environment,
      nodeId: shop?.nodeId ?? null,
      about: { kind: 'contact-request', id: requestId },
    } as const;
    await this.database.transaction(async (session) => {
      await this.mailer.enqueue(session, {
        ...common,
        id: derivedUuid(`contact request|${requestId}`),
        template: 'contact-request',
        data: { ...data, replyTo: email },
        recipient: this.settings.supportAddress,
      });
      if (!isCopied) return;
      await this.mailer.enqueue(session, {
        ...common,
        id: derivedUuid(`contact copy|${requestId}`),
        template: 'contact-copy',
        data,
        recipient: email,
      });
    });
  }
}
