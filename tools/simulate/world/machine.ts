import type { VirtualMachine, VirtualTimer } from '../host';
import type { Chance } from './chance';
import { InvariantBroken } from './findings';

/** One simulated process of the product. What a dead one still had to do is never done. */
export class SimulatedProcess {
  isDead = false;
  /** What its wall clock shows beyond the true time. */
  skewMillis = 0;
  /** Until when it does nothing, as if the machine had stopped it (SIGSTOP). */
  pausedUntil = 0;

  constructor(readonly name: string) {}
}

type Event = {
  at: number;
  readonly order: number;
  readonly process: SimulatedProcess | null;
  readonly run: () => void;
  isCancelled: boolean;
};

/** Something planned at a business time, far away: the machine may be suspended until then. */
type Appointment = { readonly wall: number; readonly order: number; readonly run: () => void };

/** Steps in one turn of Node's loop. */
const STEPS_AT_ONCE = 64;
/** A seed takes some ten thousand steps; one that takes so many goes round in circles. */
const MOST_STEPS = 3_000_000;

/**
 * Virtual time and a seeded scheduler. Between two events all promises settle, so that whatever runs
 * belongs to the process whose event began it. When nothing of weight happens any more, the machine is
 * suspended until the next appointment: the wall clock jumps, timers and leases stand still, as on a
 * laptop whose lid is closed. Days of trade then cost what their events cost.
 */
export class Machine implements VirtualMachine {
  /** Monotonic milliseconds. */
  now = 0;
  steps = 0;
  /** The process whose code runs; null for the world outside. */
  current: SimulatedProcess | null = null;
  failure: Error | null = null;
  private suspendedMillis = 0;
  private order = 0;
  private lastWeight = 0;
  private readonly heap: Event[] = [];
  private readonly appointments: Appointment[] = [];
  private idCounter = 0;

  constructor(
    private readonly startWall: number,
    private readonly chance: Chance,
  ) {}

  /** True time of day, whatever skew processes see. */
  get wall(): number {
    return Math.floor(this.startWall + this.now + this.suspendedMillis);
  }

  wallMillis(): number {
    return this.wall + Math.floor(this.current?.skewMillis ?? 0);
  }

  monotonicMillis(): number {
    return this.now;
  }

  random(): number {
    return this.chance.fraction();
  }

  fillRandom<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = this.chance.next() & 0xff;
    return bytes;
  }

  /** Version 7 of RFC 9562, with a counter that makes every one unique. */
  uuidv7(): string {
    this.idCounter += 1;
    const time = this.wallMillis().toString(16).padStart(12, '0');
    const counter = (this.idCounter & 0xfff).toString(16).padStart(3, '0');
    const high = (this.idCounter >>> 12).toString(16).padStart(6, '0');
    const tail = this.chance.next().toString(16).padStart(8, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-8${high.slice(0, 3)}-${high.slice(3)}0${tail}`;
  }

  setTimer(millis: number, work: () => void, isRepeated: boolean): VirtualTimer {
    const { current } = this;
    if (current?.isDead === true) return NO_TIMER;
    const pause = Math.max(isRepeated ? 1 : 0, Number.isFinite(millis) ? millis : 0);
    const ring = (): void => {
      if (isRepeated) event = this.in(pause, current, ring);
      work();
    };
    let event = this.in(pause, current, ring);
    const timer: VirtualTimer = {
      cancel: () => void (event.isCancelled = true),
      ref: () => timer,
      unref: () => timer,
      hasRef: () => true,
    };
    return timer;
  }

  /** Plans an event of a process after some milliseconds. */
  in(millis: number, process: SimulatedProcess | null, run: () => void): Event {
    this.order += 1;
    const event = { at: this.now + millis, order: this.order, process, run, isCancelled: false };
    this.push(event);
    return event;
  }

  /** Plans something at a time of the wall clock; at once when that has passed. */
  atWall(wall: number, run: () => void): void {
    this.order += 1;
    const appointment = { wall, order: this.order, run };
    let place = this.appointments.length;
    while (place > 0 && isBefore(appointment, this.appointments[place - 1]!)) place -= 1;
    this.appointments.splice(place, 0, appointment);
  }

  /** Something of weight happened: time goes on as it is, without a jump. */
  touch(): void {
    this.lastWeight = this.now;
  }

  get quietMillis(): number {
    return this.now - this.lastWeight;
  }

  get nextAppointment(): number | null {
    return this.appointments[0]?.wall ?? null;
  }

  /** Runs until told to stop. Rejects with the first failure of the world. */
  run(isDone: () => boolean, quietMillis: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (tell: () => void): void => {
        isOver = true;
        tell();
      };
      const step = (): void => {
        if (isOver) return;
        if (this.failure !== null) return end(() => reject(this.failure!));
        if (isDone()) return end(resolve);
        try {
          this.step(quietMillis);
        } catch (thrown) {
          const error = thrown as Error;
          end(() => reject(error));
        }
      };
      // Node lets all promises settle between two immediates; many of them share one turn of its loop.
      const batch = (): void => {
        if (isOver) return;
        for (let count = 0; count < STEPS_AT_ONCE; count += 1) nodeImmediate(step);
        nodeImmediate(batch);
      };
      batch();
    });
  }

  private step(quietMillis: number): void {
    this.steps += 1;
    if (this.steps > MOST_STEPS) throw new InvariantBroken('P4', 'the services never come to rest');
    const appointment = this.appointments[0];
    if (appointment !== undefined && appointment.wall <= this.wall) {
      this.appointments.shift();
      this.touch();
      this.runAs(null, appointment.run);
      return;
    }
    if (appointment !== undefined && this.quietMillis >= quietMillis) {
      this.suspendedMillis += appointment.wall - this.wall;
      return;
    }
    const event = this.pop();
    if (event === undefined) {
      this.now += 1;
      return;
    }
    this.now = Math.max(this.now, event.at);
    const { process } = event;
    if (process === null || !process.isDead) this.runAs(process, event.run);
  }

  private runAs(process: SimulatedProcess | null, run: () => void): void {
    this.current = process;
    run();
  }

  /** The next event that is due; those of paused processes wait for them. */
  private pop(): Event | undefined {
    for (;;) {
      const event = this.takeFirst();
      if (event === undefined || event.isCancelled) {
        if (event === undefined) return undefined;
        continue;
      }
      const { process } = event;
      if (process !== null && !process.isDead && process.pausedUntil > event.at) {
        event.at = process.pausedUntil;
        this.push(event);
        continue;
      }
      return event;
    }
  }

  private push(event: Event): void {
    const { heap } = this;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent]!;
      if (!comesFirst(event, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = event;
  }

  private takeFirst(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesFirst(heap[child + 1]!, heap[child]!)) child += 1;
      const below = heap[child]!;
      if (!comesFirst(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

const NO_TIMER: VirtualTimer = {
  cancel: () => undefined,
  ref: () => NO_TIMER,
  unref: () => NO_TIMER,
  hasRef: () => false,
};

function comesFirst(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.wall < other.wall || (one.wall === other.wall && one.order < other.order);
}

let nodeImmediate: (work: () => void) => void = (work) => work();

/** The one thing of the real machine the scheduler needs. Given from outside the module graph. */
export function giveImmediate(immediate: (work: () => void) => void): void {
  nodeImmediate = immediate;
}
