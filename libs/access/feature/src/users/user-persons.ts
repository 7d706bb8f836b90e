import { Injectable } from '@nestjs/common';
import type { PersonReference } from '@encaisse/access/contract';
import { USERS_TENANT } from '@encaisse/platform/access';
import { type PersonalData, PersonVault } from '@encaisse/platform/security';

/** Names, addresses and mobiles of users: in the vault, whatever environment they look at. */
@Injectable()
export class UserPersons {
  constructor(private readonly persons: PersonVault) {}

  remember({ name, email, mobile }: PersonalData): Promise<PersonReference> {
    const data = {
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      ...(mobile === undefined ? {} : { mobile }),
    };
    return this.persons.remember(data, USERS_TENANT, 'PRODUCTION');
  }

  async of(personId: string): Promise<PersonalData> {
    return (await this.persons.reveal([personId])).get(personId) ?? {};
  }

  all(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonalData>> {
    return this.persons.reveal(personIds);
  }
}
