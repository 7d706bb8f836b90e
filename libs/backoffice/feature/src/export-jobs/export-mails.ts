import { Inject, Injectable } from '@nestjs/common';
import { epochMillis } from '@encaisse/kernel';
import { derivedUuid } from '@encaisse/platform/http';
import { type Mail, Mailer } from '@encaisse/platform/mail';
import type { SqlSession } from '@encaisse/platform/postgres';
import { LOGGER_TOKEN, type Logger } from '@encaisse/platform/runtime';
import { PersonVault } from '@encaisse/platform/security';
import { shownInstant } from '../export/cells';
import type { ExportRow } from './export-queries';

const ADDRESS = /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/;

/** Tells who asked for an export what became of it, when they no longer waited (NOTIF-05). */
@Injectable()
export class ExportMails {
  constructor(
    private readonly mailer: Mailer,
    private readonly persons: PersonVault,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
  ) {}

  /** The address of a person, or a login that is one; null when nobody can be told. */
  async addressOf(personId: string | null, login: string): Promise<string | null> {
    const persons = personId === null ? null : await this.persons.reveal([personId]);
    const address = persons?.get(personId ?? '')?.email ?? login;
    return ADDRESS.test(address) ? address : null;
  }

  async queue(session: SqlSession, row: ExportRow, address: string | null): Promise<void> {
    const { exportId } = row.requested;
    if (address === null) {
      this.logger.warn({ exportId }, 'nobody can be told of an export: its user has no address');
      return;
    }
    await this.mailer.enqueue(session, mailOf(row, address));
  }
}

function mailOf({ requested, finished }: ExportRow, recipient: string): Mail {
  const { exportId, environment, nodeId, language, filename } = requested;
  const link = `/exports/${exportId}`;
  const common = {
    id: derivedUuid(`export-mail|${exportId}`),
    ...{ environment, nodeId, language, recipient },
    about: { kind: 'export', id: exportId },
  };
  if (finished === null) return { ...common, template: 'export-failed', data: { filename, link } };
  const expiresAt = shownInstant(epochMillis(finished.expiresAt));
  const data = { link, filename, rowCount: finished.rowCount, expiresAt };
  return { ...common, template: 'export-ready', data };
}
