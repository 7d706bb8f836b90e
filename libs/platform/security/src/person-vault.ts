import type { Environment } from '@encaisse/kernel';

/** What is known of a person, as given. */
export type PersonalData = {
  readonly email?: string | undefined;
  /** International form, + and digits. */
  readonly mobile?: string | undefined;
  readonly name?: string | undefined;
  /** Address the person acted from. */
  readonly ip?: string | undefined;
};

/** What events may hold of a person. */
export type PersonCommitment = {
  readonly personId: string;
  /** SHA-256 of a salt and the data, hexadecimal: proves later, with the row, what was recorded. */
  readonly commitment: string;
};

/** The only place where personal data are kept (D7). Erasing a row leaves every proof valid. */
export abstract class PersonVault {
  /** The same data of the same tenant and environment keep their reference. Durable once resolved. */
  abstract remember(
    person: PersonalData,
    tenantId: string,
    environment: Environment,
  ): Promise<PersonCommitment>;
  /** The persons that are still known; erased ones are absent. */
  abstract reveal(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonalData>>;
  /** Whether a commitment of an event is the one of these data. False once erased. */
  abstract confirms(reference: PersonCommitment, person: PersonalData): Promise<boolean>;
  /** Forgets a person for good, salt included. */
  abstract erase(personId: string): Promise<void>;
}
