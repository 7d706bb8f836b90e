import { Injectable } from '@nestjs/common';
import { derivedUuid } from '@encaisse/platform/http';
import { Mailer } from '@encaisse/platform/mail';
import type { SqlSession } from '@encaisse/platform/postgres';
import { UserPersons } from '../users/user-persons';
import type { Account } from '../sign-in/accounts';

/** Where a link leads: what stands behind the hash never reaches a server’s log. */
const PASSWORD_PAGE = '/password#';

/** The mails that let people in. */
@Injectable()
export class CredentialMails {
  constructor(
    private readonly mailer: Mailer,
    private readonly persons: UserPersons,
  ) {}

  /** Queues the link in the transaction that makes it. */
  async sendLink(
    session: SqlSession,
    account: Account,
    resetId: string,
    token: string,
    validMinutes: number,
  ): Promise<void> {
    const { email } = await this.persons.of(account.personId);
    if (email === undefined) return;
    const mail = {
      id: derivedUuid(`password link|${resetId}`),
      language: account.language,
      recipient: email,
      environment: 'PRODUCTION',
      nodeId: account.nodeId,
      about: { kind: 'user', id: account.userId },
    } as const;
    const link = `${PASSWORD_PAGE}${token}`;
    const isFirst = account.hash === null;
    await (isFirst
      ? this.mailer.enqueue(session, {
          ...mail,
          template: 'first-credentials',
          data: { login: account.login, link },
        })
      : this.mailer.enqueue(session, {
          ...mail,
          template: 'password-reset',
          data: { link, validMinutes },
        }));
  }
}
