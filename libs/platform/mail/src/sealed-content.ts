import type { Environment } from '@encaisse/kernel';
import type { Keyring, SealedValue } from '@encaisse/platform/security';
import type { MailAttachment } from './message';

/** What of a message is personal: sealed while it waits, erased once it is sent. */
export type MessageContent = {
  readonly recipient: string;
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly MailAttachment[];
};

/** Ties sealed bytes to their row: moved to another one they cannot be opened. */
function placeOf(messageId: string): string {
  return `mail/message/${messageId}`;
}

export function sealContent(
  keyring: Keyring,
  environment: Environment,
  messageId: string,
  content: MessageContent,
): SealedValue {
  const attachments = content.attachments.map((one) => ({
    ...one,
    content: Buffer.from(one.content).toString('base64'),
  }));
  const bytes = Buffer.from(JSON.stringify({ ...content, attachments }));
  return keyring.seal(environment, bytes, placeOf(messageId));
}

/** Throws SealBroken when the row was changed by other hands. */
export async function openContent(
  keyring: Keyring,
  messageId: string,
  sealed: SealedValue,
): Promise<MessageContent> {
  const bytes = await keyring.unseal(sealed, placeOf(messageId));
  const read = JSON.parse(bytes.toString('utf8')) as MessageContent;
  const attachments = read.attachments.map((one) => ({
    ...one,
    content: Buffer.from(one.content as unknown as string, 'base64'),
  }));
  return { ...read, attachments };
}
