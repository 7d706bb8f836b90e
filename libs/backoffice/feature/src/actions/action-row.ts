import type { Environment, Instant } from '@encaisse/kernel';
import type { ActionKind, ActionResult } from '@encaisse/platform/access';

export const ACTIONS_PROJECTION = 'backoffice.actions';
export const ACTIONS_SCHEMA = 'backoffice_actions';

/** An entry of the action log as it is listed (LOG-01). */
export type ActionRow = {
  readonly actionId: string;
  readonly at: Instant;
  readonly kind: ActionKind;
  readonly result: ActionResult;
  readonly status: number;
  readonly problem: string | null;
  readonly environment: Environment | null;
  readonly nodeId: string | null;
  readonly userId: string | null;
  readonly login: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly aboutKind: string | null;
  readonly aboutId: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly origin: string | null;
};
