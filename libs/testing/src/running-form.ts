import type { EventStore } from '@encaisse/platform/event-store';
import type { Tokens } from '@encaisse/platform/http';
import type { Database } from '@encaisse/platform/postgres';
import type { RunningService } from '@encaisse/platform/runtime';

/** Consumers of messages as a test disturbs them. */
export type ConsumersUnderTest = {
  /** Nothing is taken any more, as if the process that takes messages had died. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Makes a group begin again with the first message ever, while its consumers are stopped. */
  redeliver(group: string): Promise<void>;
  /** Resolves once a group has taken everything recorded so far. */
  caughtUp(group: string): Promise<void>;
};

/** The product as it runs for a test, in one process or in several. */
export type RunningForm = {
  readonly url: string;
  readonly store: EventStore;
  readonly database: Database;
  readonly tokens: Tokens;
  readonly consumers: ConsumersUnderTest;
  /** Null when the services run apart. */
  readonly service: RunningService | null;
  /** Where each process answers. */
  processes(): readonly string[];
  /** Kills the process of a service, -9; resolves with its id. In one process there is none to kill. */
  kill(service: string): Promise<number>;
  settled(): Promise<void>;
  stop(): Promise<void>;
};
