import { UnreadableEvent } from '../errors';
import type { Position, RecordedEvent } from '../event-store';
import { fromServer, isSystemEvent, positionOf } from './server-event';
import { isOutage, type ServerSession } from './server-session';

const LEAST_PAGE = 64;
const MOST_PAGE = 1_000;
const BACKWARDS_PAGE = 32;

/** Positions that reading can begin at, remembered for when it is asked to begin elsewhere. */
const MARKS_KEPT = 4_096;

/** Reads the whole log in order, the server's own events left out. */
export class LogReader {
  /** Ascending. Every one is the place of an event. */
  private readonly marks: Position[] = [];

  constructor(private readonly session: ServerSession) {}

  /** What comes after a position, at most so many. */
  async after(position: Position, limit: number): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    let seen = position;
    let from: Position | 'start' = position === 0 ? 'start' : position;
    while (events.length < limit) {
      // The event at the position itself comes again, hence one more.
      const size = Math.min(Math.max(limit - events.length + 1, LEAST_PAGE), MOST_PAGE);
      const page = await this.page(from, size);
      for (const stored of page) {
        const at = Number(stored.position.commit);
        if (at <= seen || events.length === limit) continue;
        seen = at;
        if (!isSystemEvent(stored)) events.push(fromServer(stored).event);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < size) break;
      from = positionOf(last);
    }
    this.mark(events.at(-1)?.position);
    return events;
  }

  /** Position of the last event of ours, 0 when there is none. */
  async last(): Promise<Position> {
    const [event] = await this.lastEvents(1);
    return event?.position ?? 0;
  }

  /** The last events, the newest first. */
  async lastEvents(count: number): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    let from: Position | 'end' = 'end';
    for (;;) {
      const size = Math.min(Math.max(count - events.length, BACKWARDS_PAGE), MOST_PAGE);
      const page = await this.session.readAll('backwards', from, size);
      for (const stored of page)
        if (!isSystemEvent(stored) && events.length < count) events.push(fromServer(stored).event);
      const last = page.at(-1);
      if (events.length === count || last === undefined || page.length < size) return events;
      from = Number(last.position.commit);
    }
  }

  /**
   * The server begins at the place of an event and nowhere else. Asked for a position between two, as
   * after a rebuild that stopped short of the end, it is read from an event before.
   */
  private async page(from: Position | 'start', size: number) {
    try {
      return await this.session.readAll('forwards', from, size);
    } catch (error) {
      if (isOutage(error) || from === 'start' || this.marks.includes(from)) throw error;
      return await this.pageFromBefore(from, size);
    }
  }

  private async pageFromBefore(after: Position, size: number) {
    let from: Position | 'start' = this.marks.findLast((mark) => mark <= after) ?? 'start';
    for (;;) {
      const page = await this.session.readAll('forwards', from, MOST_PAGE);
      const later = page.filter(({ position }) => Number(position.commit) > after);
      const last = page.at(-1);
      if (last === undefined || later.length > 0 || page.length < MOST_PAGE) {
        if (later.length >= size || page.length < MOST_PAGE || last === undefined)
          return later.slice(0, size);
        return await this.session.readAll('forwards', Number(later[0]?.position.commit), size);
      }
      const next = Number(last.position.commit);
      if (next === from) throw new UnreadableEvent(`the log does not go on after ${next}`);
      from = next;
    }
  }

  private mark(position: Position | undefined): void {
    if (position === undefined || this.marks.includes(position)) return;
    const at = this.marks.findLastIndex((mark) => mark < position) + 1;
    this.marks.splice(at, 0, position);
    if (this.marks.length > MARKS_KEPT) this.marks.splice(MARKS_KEPT / 2, 1);
  }
}
