import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Environment } from '@encaisse/kernel';
import type {
  PersonReference,
  ShopEmail,
  ShopOption,
  ShopSettingsEvent,
  ShopUrl,
} from '@encaisse/merchant-onboarding/contract';
import {
  changeShopSettings,
  type ChangeShopSettingsRefusal,
  shopSettingsStream,
  switchShopOption,
} from '@encaisse/merchant-onboarding/domain';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';
import { contentFingerprint, Keyring, PersonVault } from '@encaisse/platform/security';
import { settingsStreamId } from './shop-settings-book';

export type ChangeSettingsResult = StreamDecision<ShopSettingsEvent, ChangeShopSettingsRefusal>;

type Place = {
  readonly changeId: string;
  readonly shopId: string;
  readonly environment: Environment;
};

/** What to change. Lives in memory: it holds addresses of people. */
export type SettingChanges = {
  readonly emails: Readonly<Partial<Record<ShopEmail, string | null>>>;
  readonly urls: Readonly<Partial<Record<ShopUrl, string | null>>>;
  readonly isImmediateReturn?: boolean;
  readonly isTicketReceived?: boolean;
};

export class ChangeShopSettingsCommand extends Command<ChangeSettingsResult> {
  constructor(
    readonly place: Place,
    readonly changes: SettingChanges,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(ChangeShopSettingsCommand)
export class ChangeShopSettingsHandler implements ICommandHandler<ChangeShopSettingsCommand> {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly personVault: PersonVault,
    private readonly keyring: Keyring,
  ) {}

  async execute(command: ChangeShopSettingsCommand): Promise<ChangeSettingsResult> {
    const { place, changes, metadata } = command;
    const { environment, shopId } = place;
    const emails: Partial<Record<ShopEmail, PersonReference | null>> = {};
    for (const [email, address] of Object.entries(changes.emails) as [ShopEmail, string | null][])
      emails[email] =
        address === null
          ? null
          : await this.personVault.remember({ email: address }, shopId, environment);
    const fingerprint = contentFingerprint(this.keyring.contentKey, changes);
    const at = this.clock.now();
    return this.streams.decide(
      shopSettingsStream,
      settingsStreamId(environment, shopId),
      (state) => changeShopSettings({ ...place, ...changes, emails, fingerprint, at }, state),
      metadata,
    );
  }
}

export class SwitchShopOptionCommand extends Command<ChangeSettingsResult> {
  constructor(
    readonly place: Place,
    readonly option: ShopOption,
    readonly isSubscribed: boolean,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(SwitchShopOptionCommand)
export class SwitchShopOptionHandler implements ICommandHandler<SwitchShopOptionCommand> {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly keyring: Keyring,
  ) {}

  execute(command: SwitchShopOptionCommand): Promise<ChangeSettingsResult> {
    const { place, option, isSubscribed, metadata } = command;
    const fingerprint = contentFingerprint(this.keyring.contentKey, { option, isSubscribed });
    const at = this.clock.now();
    return this.streams.decide(
      shopSettingsStream,
      settingsStreamId(place.environment, place.shopId),
      (state) => switchShopOption({ ...place, option, isSubscribed, fingerprint, at }, state),
      metadata,
    );
  }
}
