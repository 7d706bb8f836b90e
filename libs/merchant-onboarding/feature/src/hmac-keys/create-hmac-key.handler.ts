import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRefused } from '@encaisse/kernel';
import type {
  DirectoryNode,
  HmacKeyEvent,
  HmacKeyKind,
} from '@encaisse/merchant-onboarding/contract';
import {
  createHmacKey,
  type CreateHmacKeyRefusal,
  hmacKeyStream,
  passphraseStrength,
} from '@encaisse/merchant-onboarding/domain';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';
import { deriveMessageKey, MessageKeyVault } from '@encaisse/platform/security';
import { timingSafeEqual } from 'node:crypto';
import { MerchantDirectory } from '../merchant-directory';
import { ShopSettingsBook } from '../shop-settings/shop-settings-book';
import { HmacKeyBook, type KeyPlace, keyStreamId } from './hmac-key-book';
import { HmacKeyMails } from './hmac-key-mails';

/** A key to make. Lives in memory: it holds the passphrase, which is kept nowhere. */
export type KeyToCreate = KeyPlace & {
  readonly keyId: string;
  readonly shop: DirectoryNode;
  readonly kind: HmacKeyKind;
  readonly passphrase: string;
};

type Decided = StreamDecision<HmacKeyEvent, CreateHmacKeyRefusal>;

/** What was made: the key is told once, to whoever typed the passphrase. */
export type CreateHmacKeyResult = { readonly result: Decided; readonly key: string };

export class CreateHmacKeyCommand extends Command<CreateHmacKeyResult> {
  constructor(
    readonly key: KeyToCreate,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(CreateHmacKeyCommand)
export class CreateHmacKeyHandler implements ICommandHandler<CreateHmacKeyCommand> {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly vault: MessageKeyVault,
    private readonly settings: ShopSettingsBook,
    private readonly directory: MerchantDirectory,
    private readonly book: HmacKeyBook,
    private readonly mails: HmacKeyMails,
  ) {}

  async execute({ key, metadata }: CreateHmacKeyCommand): Promise<CreateHmacKeyResult> {
    const strength = passphraseStrength(key.passphrase);
    // A key that is refused for its passphrase is never derived: that would cost a processor's time.
    const secret = strength.isAccepted ? await derive(key) : Buffer.alloc(0);
    const sealed = strength.isAccepted ? await this.seal(key, secret) : NOT_SEALED;
    const address = await this.addressOf(key);
    const result = await this.decide(key, { strength, sealed, address }, metadata);
    if (isRefused(result.decision)) {
      if (sealed.isNew) await this.vault.erase(key.keyId);
      return { result, key: '' };
    }
    await this.book.hasReached(result.position);
    if (key.kind === 'MERCHANT' && address !== null)
      await this.mails.askForConfirmation(key, key.shop, address);
    for (const { type, data } of result.decision.accepted)
      if (type === 'HmacKeyDiscarded') await this.vault.erase(data.keyId);
    return { result, key: secret.toString('hex') };
  }

  private decide(
    { passphrase: _passphrase, shop: _shop, ...key }: KeyToCreate,
    facts: {
      readonly strength: ReturnType<typeof passphraseStrength>;
      readonly sealed: Sealed;
      readonly address: string | null;
    },
    metadata: EventMetadata,
  ): Promise<Decided> {
    const contracts = this.directory.current.contractsOfShop(key.shopId, key.environment);
    const command = {
      ...key,
      passphrase: facts.strength,
      isSameKey: facts.sealed.isSame,
      hasAddress: facts.address !== null,
      hasActiveContract: contracts.some(({ isActive }) => isActive),
      at: this.clock.now(),
    };
    return this.streams.decide(
      hmacKeyStream,
      keyStreamId(key),
      (state) => createHmacKey(command, state),
      metadata,
    );
  }

  /** The key is durable before the log tells of it. What is there under the id is compared with it. */
  private async seal({ keyId, shopId, environment }: KeyToCreate, key: Buffer): Promise<Sealed> {
    const before = await this.vault.open(keyId);
    if (before !== null) return { isNew: false, isSame: timingSafeEqual(before, key) };
    await this.vault.seal({ keyId, shopId, environment, key });
    const after = await this.vault.open(keyId);
    const isOurs = after !== null && timingSafeEqual(after, key);
    return isOurs ? { isNew: true, isSame: null } : { isNew: false, isSame: false };
  }

  /** Whoever integrates the site confirms its key. */
  private async addressOf({ environment, shopId }: KeyPlace): Promise<string | null> {
    const settings = await this.settings.of(environment, shopId);
    return (await this.settings.addresses(settings)).INTEGRATOR;
  }
}

type Sealed = { readonly isNew: boolean; readonly isSame: boolean | null };

const NOT_SEALED: Sealed = { isNew: false, isSame: null };

function derive({ passphrase, environment, shop }: KeyToCreate): Promise<Buffer> {
  const { siteNumber, rank } = shop;
  return deriveMessageKey(passphrase, {
    environment,
    siteNumber: siteNumber ?? '',
    rank: rank ?? '',
  });
}
