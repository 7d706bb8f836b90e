import type { MailAttachment } from './message';

/** A message as it is delivered, its address and content open. */
export type OpenMessage = {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  /** Null for a short message. */
  readonly html: string | null;
  readonly attachments: readonly MailAttachment[];
};

/** What became of one attempt. */
export type DeliveryOutcome =
  /** Taken over by the other side: never sent again. */
  | { readonly kind: 'accepted' }
  /** May go better later. */
  | { readonly kind: 'not-now'; readonly error: string }
  /** The other side will not take this message, however often it is tried. */
  | { readonly kind: 'refused'; readonly error: string };

/** Hands messages of one channel to whoever delivers them. */
export type MessageTransport = {
  /** Never throws for what the other side did; bounded in time. */
  deliver(message: OpenMessage): Promise<DeliveryOutcome>;
  close(): Promise<void>;
};
