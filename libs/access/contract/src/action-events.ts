import type { Environment, Instant } from '@encaisse/kernel';
import type { PersonReference } from './person-reference';

/** Each entry of the action log is a stream of its own: nothing can follow it. */
export const ACTION_CATEGORY = 'access.action';

/** One call that changes something, accepted or refused (LOG-03, LOG-05). */
export type ActionRecorded = {
  readonly type: 'ActionRecorded';
  readonly data: {
    readonly actionId: string;
    readonly kind: string;
    readonly at: Instant;
    readonly environment: Environment | null;
    /** The node at which it is seen; null above all brands. */
    readonly nodeId: string | null;
    readonly userId: string | null;
    readonly login: string;
    readonly person: PersonReference | null;
    /** The address the call came from. */
    readonly origin: PersonReference | null;
    readonly about: { readonly kind: string; readonly id: string } | null;
    readonly result: 'ACCEPTED' | 'REFUSED' | 'REPEATED';
    /** HTTP status of the answer. */
    readonly status: number;
    readonly problem: string | null;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
};
