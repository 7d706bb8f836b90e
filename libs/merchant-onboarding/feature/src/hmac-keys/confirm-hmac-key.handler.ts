import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRefused, refuse } from '@encaisse/kernel';
import type { HmacKeyEvent } from '@encaisse/merchant-onboarding/contract';
import {
  confirmHmacKey,
  type ConfirmHmacKeyRefusal,
  hmacKeyStream,
} from '@encaisse/merchant-onboarding/domain';
import { digestOf } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';
import { type LinkedKey, MessageKeyVault } from '@encaisse/platform/security';
import { HmacKeyBook, keyStreamId } from './hmac-key-book';

/** The key a link stands for, undefined when it stands for none. */
export type ConfirmHmacKeyResult = {
  readonly key: LinkedKey | null;
  readonly result: Omit<StreamDecision<HmacKeyEvent, ConfirmHmacKeyRefusal>, 'version'>;
};

export class ConfirmHmacKeyCommand extends Command<ConfirmHmacKeyResult> {
  constructor(
    /** As it stands in the link; only its digest is known to us. */
    readonly token: string,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(ConfirmHmacKeyCommand)
export class ConfirmHmacKeyHandler implements ICommandHandler<ConfirmHmacKeyCommand> {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly vault: MessageKeyVault,
    private readonly book: HmacKeyBook,
  ) {}

  async execute({ token, metadata }: ConfirmHmacKeyCommand): Promise<ConfirmHmacKeyResult> {
    const key = await this.vault.ofToken(digestOf(token));
    if (key === null) {
      const decision = refuse({ code: 'key-link-unknown' } as const);
      return { key, result: { decision, position: 0, isReplay: false } };
    }
    const at = this.clock.now();
    const { keyId } = key;
    const result = await this.streams.decide(
      hmacKeyStream,
      keyStreamId(key),
      (state) => confirmHmacKey({ keyId, at }, state),
      metadata,
    );
    if (isRefused(result.decision)) return { key, result };
    await this.book.hasReached(result.position);
    for (const { type, data } of result.decision.accepted)
      if (type === 'HmacKeySuperseded') await this.vault.erase(data.keyId);
    return { key, result };
  }
}
