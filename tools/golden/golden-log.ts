import { canonicalJson, categoryOf, fold } from '@encaisse/kernel';
import { type RecordedEvent, decodeEvent } from '@encaisse/platform/event-store';
import type { StreamDescription } from '../catalogue/catalogue';

/** An event of a kept log: the stored text, with its places. */
export type KeptEvent = Pick<
  RecordedEvent,
  'streamId' | 'type' | 'schemaVersion' | 'data' | 'version'
>;

export function readKeptLog(text: string): KeptEvent[] {
  const versions = new Map<string, number>();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const body = JSON.parse(line) as Omit<KeptEvent, 'version'>;
      const version = (versions.get(body.streamId) ?? -1) + 1;
      versions.set(body.streamId, version);
      return { ...body, version };
    });
}

/** The state of each stream of a log as this release folds it, in the form that is compared. */
export function statesOf(
  events: readonly KeptEvent[],
  streams: readonly StreamDescription[],
): Record<string, unknown> {
  const byStream = new Map<string, KeptEvent[]>();
  for (const event of events)
    byStream.set(event.streamId, [...(byStream.get(event.streamId) ?? []), event]);
  return Object.fromEntries(
    [...byStream]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([streamId, own]) => {
        const category = categoryOf(streamId);
        const found = streams.find((one) => one.category === category);
        if (found === undefined) throw new Error(`no stream type has the category ${category}`);
        const decoded = own.map((event) => decodeEvent(found.stream as never, event));
        return [streamId, JSON.parse(canonicalJson(fold(found.stream, decoded))) as unknown];
      }),
  );
}
