import { Injectable } from '@nestjs/common';
import { isRefused } from '@encaisse/kernel';
import { hmacKeyStream, keyInForce, useHmacKey } from '@encaisse/merchant-onboarding/domain';
import { ActionLog } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { isMessageDigest, MessageKeyVault } from '@encaisse/platform/security';
import { HmacKeyBook, type KeyPlace, keyStreamId } from './hmac-key-book';

/** What a message turned out to be: why it is not authentic is told to nobody. */
export type Verification =
  { readonly isAuthentic: true; readonly keyId: string } | { readonly isAuthentic: false };

/** Authenticates messages of merchants' sites (HMAC-01, HMAC-15). */
@Injectable()
export class HmacVerifier {
  constructor(
    private readonly book: HmacKeyBook,
    private readonly vault: MessageKeyVault,
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly actionLog: ActionLog,
  ) {}

  /**
   * Whether a digest is that of exactly these bytes under the key in force at the shop. The first message
   * that is authentic marks the key « Utilisée ».
   */
  async verifyHmac(
    place: KeyPlace,
    message: Uint8Array,
    digest: string,
    metadata: EventMetadata,
  ): Promise<Verification> {
    const at = this.clock.now();
    const known = keyInForce(this.book.of(place), at);
    const key = known && (await this.vault.open(known.keyId));
    if (!known || !key || !isMessageDigest(key, message, digest)) return { isAuthentic: false };
    const { keyId } = known;
    if (known.status === 'ACTIVATED') await this.markUsed(place, keyId, metadata);
    return { isAuthentic: true, keyId };
  }

  /** Also told by the action log, which shows the three states of a key (HMAC-13, LOG-04). */
  private async markUsed(place: KeyPlace, keyId: string, metadata: EventMetadata): Promise<void> {
    const at = this.clock.now();
    const { decision } = await this.streams.decide(
      hmacKeyStream,
      keyStreamId(place),
      (state) => useHmacKey({ keyId, at }, state),
      metadata,
    );
    if (isRefused(decision) || decision.accepted.length === 0) return;
    await this.actionLog.record(
      {
        kind: 'HMAC_KEY',
        environment: place.environment,
        nodeId: place.shopId,
        userId: null,
        login: metadata.actor.login,
        person: null,
        about: { kind: 'hmac-key', id: keyId },
        result: 'ACCEPTED',
        status: 200,
        problem: null,
        before: { status: 'ACTIVATED' },
        after: { status: 'USED' },
        address: '',
      },
      metadata,
    );
  }
}
