import { Injectable } from '@nestjs/common';
import { derivedUuid } from '@encaisse/platform/http';
import { Mailer, maskedAddress, maskedMobile, SmsSender } from '@encaisse/platform/mail';
import type { SqlSession } from '@encaisse/platform/postgres';
import type { PersonalData } from '@encaisse/platform/security';
import type { Account } from '../sign-in/accounts';

type Channel = 'EMAIL' | 'MOBILE';

/** What people are told when an address or a mobile of theirs changes (USER-04). */
@Injectable()
export class ContactMessages {
  constructor(
    private readonly mailer: Mailer,
    private readonly sms: SmsSender,
  ) {}

  /** The code goes to the new address or mobile: only who has it can confirm. */
  async sendCode(
    session: SqlSession,
    account: Account,
    changeId: string,
    channel: Channel,
    recipient: string,
    code: string,
    validMinutes: number,
  ): Promise<void> {
    const message = {
      ...common(account),
      id: derivedUuid(`code|${changeId}`),
      template: 'confirmation-code',
      data: { code, validMinutes },
      recipient,
    } as const;
    await (channel === 'EMAIL'
      ? this.mailer.enqueue(session, message)
      : this.sms.enqueue(session, message));
  }

  /** Tells the channel that stays; the former address where there is no mobile. */
  async tellOther(
    session: SqlSession,
    account: Account,
    former: PersonalData,
    changeId: string,
    channel: Channel,
    value: string,
  ): Promise<void> {
    const isMobile = channel === 'MOBILE';
    const maskedContact = isMobile ? maskedMobile(value) : maskedAddress(value);
    const message = {
      ...common(account),
      id: derivedUuid(`told|${changeId}`),
      template: 'contact-changed',
      data: { mobile: isMobile, maskedContact },
    } as const;
    if (!isMobile && former.mobile !== undefined)
      await this.sms.enqueue(session, { ...message, recipient: former.mobile });
    else if (former.email !== undefined)
      await this.mailer.enqueue(session, { ...message, recipient: former.email });
  }
}

function common({ userId, nodeId, language }: Account) {
  return {
    language,
    environment: 'PRODUCTION',
    nodeId,
    about: { kind: 'user', id: userId },
  } as const;
}
