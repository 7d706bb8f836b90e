import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import {
  type MessageServiceOptions,
  SmsFileTransport,
  SmsGatewayTransport,
  SmtpTransport,
} from '@encaisse/platform/mail';
import { optional, type SettingDefinition, text, urlOf, wholeNumber } from './setting-readers';
import type { Settings } from './settings';

type Environment = Readonly<Record<string, string | undefined>>;

const LOCAL_SENDER = 'no-reply@localhost';

function sinkPort(environment: Environment): number {
  const port = Number(environment['PORT'] ?? 3000);
  const set = Number(environment['SMTP_SINK_PORT']);
  if (environment['SMTP_SINK_PORT'] !== undefined && Number.isInteger(set)) return set;
  return (Number.isInteger(port) ? port : 3000) + 6000;
}

function address(fallback: string) {
  return (value: string | undefined) => {
    const given = value ?? fallback;
    if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(given))
      throw new Error(`must be one mail address, got « ${given} »`);
    return given;
  };
}

function publicUrl(value: string | undefined, environment: Environment): string {
  const { HOST: host = '127.0.0.1', PORT: port = '3000' } = environment;
  const given = value ?? `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (!/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(given))
    throw new Error(`must be http(s)://host without query, got « ${given} »`);
  return given.replace(/\/+$/, '');
}

/** Settings of what is written to people: mails, short messages and slow exports. */
export const MESSAGE_SETTINGS = {
  publicUrl: {
    variable: 'PUBLIC_URL',
    meaning: 'address under which people reach the product: what links in mails begin with',
    shownDefault: 'http://HOST:PORT',
    read: publicUrl,
  },
  brandName: {
    variable: 'BRAND_NAME',
    meaning: 'name of the product in mails and short messages',
    shownDefault: 'Encaisse',
    read: text('Encaisse'),
  },
  supportAddress: {
    variable: 'SUPPORT_ADDRESS',
    meaning: 'mail address of support: told in mails, and where contact requests go',
    shownDefault: 'support@localhost',
    read: address('support@localhost'),
  },
  smtpSinkPort: {
    variable: 'SMTP_SINK_PORT',
    meaning: 'port of the local SMTP server whose mails /dev/mail shows; none in production',
    shownDefault: 'PORT + 6000',
    read: (value: string | undefined, environment: Environment) =>
      wholeNumber(sinkPort(environment), 1, 65_535)(value),
  },
  smtpUrl: {
    variable: 'SMTP_URL',
    meaning:
      'server that delivers mails, smtp:// or smtps://user:password@host:port; in production mails wait while there is none',
    shownDefault: 'smtp://127.0.0.1:<SMTP_SINK_PORT> outside production',
    read: (value: string | undefined, environment: Environment) =>
      urlOf(
        ['smtp', 'smtps'],
        environment['NODE_ENV'] === 'production'
          ? null
          : `smtp://127.0.0.1:${sinkPort(environment)}`,
      )(value),
  },
  mailFrom: {
    variable: 'MAIL_FROM',
    meaning: 'mail address that mails come from; needed with SMTP_URL in production',
    shownDefault: LOCAL_SENDER,
    read: address(LOCAL_SENDER),
  },
  smsGatewayUrl: {
    variable: 'SMS_GATEWAY_URL',
    meaning:
      'HTTP gateway that delivers short messages; empty writes them to DATA_DIR/sms, in production they wait',
    shownDefault: '(files)',
    read: urlOf(['http', 'https'], null),
  },
  smsGatewayToken: {
    variable: 'SMS_GATEWAY_TOKEN',
    meaning: 'bearer token of the gateway of short messages',
    shownDefault: '(none)',
    read: optional,
  },
  exportAnswerSeconds: {
    variable: 'EXPORT_ANSWER_SECONDS',
    meaning: 'longest wait of who asks for an export; then it goes on and is mailed (TRX-27)',
    shownDefault: '30',
    read: wholeNumber(30, 0, 50),
  },
  exportMailDelayMinutes: {
    variable: 'EXPORT_MAIL_DELAY_MINUTES',
    meaning: 'time after which an export that is not done has failed, and a mail says so (TRX-27)',
    shownDefault: '15',
    read: wholeNumber(15, 0, 24 * 60),
  },
  exportKeptDays: {
    variable: 'EXPORT_KEPT_DAYS',
    meaning: 'days in which the file of an export can be fetched',
    shownDefault: '7',
    read: wholeNumber(7, 1, 90),
  },
  exportDir: {
    variable: 'EXPORT_DIR',
    meaning: 'folder of the files of exports; shared where the back office has several copies',
    shownDefault: 'DATA_DIR/exports',
    read: (value: string | undefined, environment: Environment) =>
      value ?? `${environment['DATA_DIR'] ?? '.data'}/exports`,
  },
} as const satisfies Record<string, SettingDefinition<unknown>>;

/** What is wrong when two settings are looked at together. */
export function messageMistakes({ nodeEnvironment, smtpUrl, mailFrom }: Settings): string[] {
  const isSending = nodeEnvironment === 'production' && smtpUrl !== null;
  return isSending && mailFrom === LOCAL_SENDER
    ? ['MAIL_FROM is needed with SMTP_URL when NODE_ENV=production']
    : [];
}

/** Where short messages lie as files when no gateway is set. */
export function smsFolder(settings: Settings): string {
  return join(settings.dataDir, 'sms');
}

/** What delivers messages, as the settings say; null keeps them waiting. */
export function messageTransports(
  settings: Settings,
): Pick<MessageServiceOptions, 'sender' | 'mail' | 'sms'> {
  const { smtpUrl, smsGatewayUrl, nodeEnvironment, brandName, supportAddress } = settings;
  const files = nodeEnvironment === 'production' ? null : new SmsFileTransport(smsFolder(settings));
  return {
    sender: { brandName, supportAddress, publicUrl: settings.publicUrl },
    mail:
      smtpUrl === null
        ? null
        : new SmtpTransport({
            url: smtpUrl,
            from: { name: brandName, address: settings.mailFrom },
          }),
    sms:
      smsGatewayUrl === null
        ? files
        : new SmsGatewayTransport({ url: smsGatewayUrl, token: settings.smsGatewayToken }),
  };
}
