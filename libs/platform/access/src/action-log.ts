import type { Environment, Instant } from '@encaisse/kernel';
import type { Clock } from '@encaisse/platform/clock';
import type { EventMetadata, Streams, StreamWrite } from '@encaisse/platform/event-store';
import type { PersonCommitment, PersonVault } from '@encaisse/platform/security';
import { uuidv7 } from 'uuidv7';
import type { ActionKind } from './action-kinds';

/** Each entry is a stream of its own: nothing can be written after it. */
export const ACTION_CATEGORY = 'access.action';

/** What came of a call: done, refused, or done before and answered again. */
export type ActionResult = 'ACCEPTED' | 'REFUSED' | 'REPEATED';

/** What an action was about: a transaction, a user, a contract. */
export type ActionTarget = { readonly kind: string; readonly id: string };

/**
 * One call of a route that changes something, accepted or refused (LOG). Names, addresses and what
 * people typed are not here: references to the personal-data vault are.
 */
export type RecordedAction = {
  readonly actionId: string;
  readonly kind: ActionKind;
  readonly at: Instant;
  readonly environment: Environment | null;
  /** Where it is seen: the node of its target, else the actor's; null only above all brands. */
  readonly nodeId: string | null;
  readonly userId: string | null;
  readonly login: string;
  readonly person: PersonCommitment | null;
  /** Address the call came from. */
  readonly origin: PersonCommitment | null;
  readonly about: ActionTarget | null;
  readonly result: ActionResult;
  readonly status: number;
  /** The problem of a refusal. */
  readonly problem: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

export type ActionToRecord = Omit<RecordedAction, 'actionId' | 'at' | 'origin'> & {
  readonly address: string;
};

/** Persons of the product itself belong to no merchant. */
export const USERS_TENANT = 'users';

/** The stream as the log needs it; `libs/access/domain` holds it whole. */
const ACTION_STREAM = {
  category: ACTION_CATEGORY,
  initial: null,
  evolve: () => null,
  schemaVersions: { ActionRecorded: 1 },
};

/** Writes the action log. Nobody changes or erases an entry: it is an event like any other. */
export class ActionLog {
  constructor(
    private readonly streams: Streams,
    private readonly persons: PersonVault,
    private readonly clock: Clock,
  ) {}

  /** Whether an entry can be appended together with what it tells of. */
  get isWrittenBeside(): boolean {
    return this.streams.capabilities.isAtomicAcrossStreams;
  }

  async record(action: ActionToRecord, metadata: EventMetadata): Promise<void> {
    const { actionId, event } = await this.entryOf(action);
    await this.streams.append(ACTION_STREAM, actionId, 'no-stream', [event], metadata);
  }

  /** The entry, for whoever appends it together with what it tells of. */
  async newEntry(action: ActionToRecord, metadata: EventMetadata): Promise<StreamWrite> {
    const { actionId, event } = await this.entryOf(action);
    return this.streams.newWrite(ACTION_STREAM, actionId, 'no-stream', [event], metadata);
  }

  private async entryOf({ address, ...action }: ActionToRecord) {
    const origin =
      address === ''
        ? null
        : await this.persons.remember({ ip: address }, USERS_TENANT, 'PRODUCTION');
    const actionId = uuidv7();
    const data: RecordedAction = { actionId, at: this.clock.now(), ...action, origin };
    return { actionId, event: { type: 'ActionRecorded', data } };
  }
}
