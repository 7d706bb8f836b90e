import { Injectable } from '@nestjs/common';
import type { Environment } from '@encaisse/kernel';
import { SHOP_EMAILS, type ShopEmail } from '@encaisse/merchant-onboarding/contract';
import { type ShopSettings, shopSettingsStream } from '@encaisse/merchant-onboarding/domain';
import { Streams } from '@encaisse/platform/event-store';
import { derivedUuid } from '@encaisse/platform/http';
import { PersonVault } from '@encaisse/platform/security';

/** One stream for each shop and environment. */
export function settingsStreamId(environment: Environment, shopId: string): string {
  return derivedUuid(`shop settings|${environment}|${shopId}`);
}

/** The settings of shops as the log has them, with the addresses that the vault still holds. */
@Injectable()
export class ShopSettingsBook {
  constructor(
    private readonly streams: Streams,
    private readonly personVault: PersonVault,
  ) {}

  async of(environment: Environment, shopId: string): Promise<ShopSettings> {
    const id = settingsStreamId(environment, shopId);
    return (await this.streams.load(shopSettingsStream, id)).state;
  }

  /** The addresses behind the references, null where there is none or it was erased. */
  async addresses({ emails }: ShopSettings): Promise<Record<ShopEmail, string | null>> {
    const known = Object.values(emails).map(({ personId }) => personId);
    const persons = await this.personVault.reveal(known);
    const entries = SHOP_EMAILS.map((email) => {
      const reference = emails[email];
      return [email, (reference && persons.get(reference.personId)?.email) ?? null] as const;
    });
    return Object.fromEntries(entries) as Record<ShopEmail, string | null>;
  }
}
