import { Injectable } from '@nestjs/common';
import { type Environment, invariant } from '@encaisse/kernel';
import { EventStore, type RecordedEvent } from '@encaisse/platform/event-store';

/** Streams whose environment is remembered; beyond, all are forgotten and looked up again. */
const REMEMBERED_STREAMS = 100_000;
const LOOK_UPS_AT_ONCE = 32;

export type EventOfPage = Pick<
  RecordedEvent,
  'position' | 'streamId' | 'version' | 'type' | 'data' | 'recordedAt'
>;

/**
 * Pages of the log without the events of the other environment (D17). A stream belongs to the
 * environment its first event names; one that names none, such as a place of the tree, to both.
 */
@Injectable()
export class EventPages {
  private readonly remembered = new Map<string, Environment | null>();

  constructor(private readonly store: EventStore) {}

  async read(after: number, limit: number, environment: Environment) {
    const events = await this.store.readAll({ after, limit });
    const environments = await this.environmentsOf(events);
    const items = events
      .filter(({ streamId }) => [environment, null].includes(environments.get(streamId) ?? null))
      .map(({ position, streamId, version, type, data, recordedAt }): EventOfPage => ({
        position,
        streamId,
        version,
        type,
        data,
        recordedAt,
      }));
    return {
      items,
      readUpTo: events.at(-1)?.position ?? after,
      withheld: events.length - items.length,
      isLast: events.length < limit,
    };
  }

  /** The environment of every stream of a page, null where there is none. */
  private async environmentsOf(
    events: readonly RecordedEvent[],
  ): Promise<Map<string, Environment | null>> {
    const environments = new Map<string, Environment | null>();
    for (const { streamId, version, data } of events)
      if (version === 0) environments.set(streamId, environmentOf(data));
    const unknown = new Set<string>();
    for (const { streamId } of events) {
      if (environments.has(streamId)) continue;
      const remembered = this.remembered.get(streamId);
      if (remembered === undefined) unknown.add(streamId);
      else environments.set(streamId, remembered);
    }
    const left = [...unknown];
    for (let index = 0; index < left.length; index += LOOK_UPS_AT_ONCE)
      await Promise.all(
        left.slice(index, index + LOOK_UPS_AT_ONCE).map(async (streamId) => {
          const [first] = await this.store.readStream(streamId, { limit: 1 });
          invariant(first, `${streamId} has a first event`);
          environments.set(streamId, environmentOf(first.data));
        }),
      );
    this.remember(environments);
    return environments;
  }

  private remember(environments: ReadonlyMap<string, Environment | null>): void {
    if (this.remembered.size + environments.size > REMEMBERED_STREAMS) this.remembered.clear();
    for (const [streamId, environment] of environments) this.remembered.set(streamId, environment);
  }
}

function environmentOf(data: object): Environment | null {
  return (data as { environment?: Environment }).environment ?? null;
}
