import type { StoreCapabilities } from './event-store';

/** Something an event store may be able to do beyond the port's promises. */
export type StoreCapability = keyof StoreCapabilities;

/** What a feature asks of the event store, and what there is instead where the store cannot. */
export type StoreNeed = {
  /** As people know it. */
  readonly feature: string;
  readonly needs: readonly StoreCapability[];
  /** One sentence: what does it instead, or what to do. */
  readonly instead: string;
};

const NAMES: Readonly<Record<StoreCapability, string>> = {
  isAtomicAcrossStreams: 'to record in several streams at once',
  hasDensePositions: 'positions without holes',
};

/** One line per feature whose needs a store does not meet, in the order of the needs. */
export function unmetNeeds(
  needs: readonly StoreNeed[],
  capabilities: StoreCapabilities,
): readonly string[] {
  return needs.flatMap(({ feature, needs: needed, instead }) => {
    const missing = needed.filter((capability) => !capabilities[capability]);
    if (missing.length === 0) return [];
    const names = missing.map((capability) => NAMES[capability]).join(' and ');
    return [`${feature} needs ${names}, which this event store does not offer: ${instead}`];
  });
}
