import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Instant, plusMillis } from '@encaisse/kernel';
import {
  expireHmacKeys,
  type HmacKey,
  hmacKeyStream,
  nextExpiryOf,
} from '@encaisse/merchant-onboarding/domain';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { type TimedJob, TimedJobs } from '@encaisse/platform/runtime';
import { MerchantDirectory } from '../merchant-directory';
import { ShopSettingsBook } from '../shop-settings/shop-settings-book';
import { HmacKeyBook, keyStreamId } from './hmac-key-book';
import { HmacKeyMails } from './hmac-key-mails';

const METADATA: EventMetadata = {
  actor: { kind: 'system', login: 'system' },
  correlationId: 'onboarding.hmac_keys',
  causationId: null,
};

/** Warns of keys that have come to their date, and gives up those whose link has ended (HMAC-11, HMAC-12). */
@Injectable()
export class HmacKeyExpiry implements OnModuleInit, TimedJob {
  readonly name = 'onboarding.hmac_keys';

  constructor(
    private readonly jobs: TimedJobs,
    private readonly streams: Streams,
    private readonly directory: MerchantDirectory,
    private readonly settings: ShopSettingsBook,
    private readonly book: HmacKeyBook,
    private readonly mails: HmacKeyMails,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  /** The first date that nobody served; one that another copy made known too late is served at once. */
  nextAfter(after: Instant): Instant | null {
    const due = this.keys()
      .map(nextExpiryOf)
      .filter((date): date is Instant => date !== null)
      .sort()[0];
    if (due === undefined) return null;
    return due > after ? due : plusMillis(after, 1);
  }

  async run(dueAt: Instant): Promise<void> {
    for (const key of this.keys()) {
      const due = nextExpiryOf(key);
      if (due === null || due > dueAt) continue;
      // The mail is queued first: it is the same however often this is done again, and a crash loses none.
      if (key.status !== 'CREATED' && key.kind === 'MERCHANT') await this.warn(key);
      const result = await this.streams.decide(
        hmacKeyStream,
        keyStreamId(key),
        (state) => expireHmacKeys(dueAt, state),
        METADATA,
      );
      await this.book.hasReached(result.position);
    }
  }

  private async warn(key: HmacKey): Promise<void> {
    const settings = await this.settings.of(key.environment, key.shopId);
    const { INTEGRATOR: address } = await this.settings.addresses(settings);
    const shop = this.directory.current.node(key.shopId);
    if (address !== null) await this.mails.warnOfExpiry(key, shop, address);
  }

  private keys(): HmacKey[] {
    return [...this.book.all()].flatMap(({ keys }) => keys);
  }
}
