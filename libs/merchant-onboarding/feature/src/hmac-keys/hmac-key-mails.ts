import { Injectable } from '@nestjs/common';
import { businessDayOf } from '@encaisse/kernel';
import type { DirectoryNode } from '@encaisse/merchant-onboarding/contract';
import type { HmacKey } from '@encaisse/merchant-onboarding/domain';
import { digestOf, newSecret } from '@encaisse/platform/access';
import { derivedUuid } from '@encaisse/platform/http';
import { Mailer } from '@encaisse/platform/mail';
import { Database } from '@encaisse/platform/postgres';
import { MessageKeyVault } from '@encaisse/platform/security';
import type { KeyPlace } from './hmac-key-book';

/** Where a link leads that confirms a key. */
export const ACTIVATION_PATH = '/hmac/activate';

/** What is written to merchants of their keys: links and dates, never a key (HMAC-14). */
@Injectable()
export class HmacKeyMails {
  constructor(
    private readonly mailer: Mailer,
    private readonly database: Database,
    private readonly vault: MessageKeyVault,
  ) {}

  /**
   * Sends the one link of a key (HMAC-10). The digest of its token and the mail are kept together or not
   * at all, so that a repeated command sends what a crash left out, and nothing twice.
   */
  async askForConfirmation(
    { keyId, environment, shopId }: KeyPlace & { readonly keyId: string },
    { siteNumber }: DirectoryNode,
    recipient: string,
  ): Promise<void> {
    await this.database.transaction(async (session) => {
      const token = newSecret();
      if (!(await this.vault.giveToken(session, keyId, digestOf(token)))) return;
      await this.mailer.enqueue(session, {
        id: derivedUuid(`hmac key confirmation|${keyId}`),
        template: 'hmac-key-activation',
        data: {
          link: `${ACTIVATION_PATH}?id=${token}`,
          siteNumber: siteNumber ?? '',
          platform: environment,
        },
        language: 'fr',
        recipient,
        environment,
        nodeId: shopId,
        about: { kind: 'hmac-key', id: keyId },
      });
    });
  }

  /** Warns that a key has come to its date and works on (HMAC-12); once for each key. */
  async warnOfExpiry(
    { keyId, environment, shopId, expiresAt }: HmacKey,
    shop: DirectoryNode | undefined,
    recipient: string,
  ): Promise<void> {
    if (expiresAt === null) return;
    const [year, month, day] = businessDayOf(expiresAt).split('-');
    await this.mailer.send({
      id: derivedUuid(`hmac key expired|${keyId}`),
      template: 'hmac-key-expired',
      data: {
        siteNumber: shop?.siteNumber ?? '',
        expiredOn: `${day ?? ''}/${month ?? ''}/${year ?? ''}`,
      },
      language: 'fr',
      recipient,
      environment,
      nodeId: shopId,
      about: { kind: 'hmac-key', id: keyId },
    });
  }
}
