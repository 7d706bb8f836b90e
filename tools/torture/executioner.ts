import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '../demo/month/random';
import { EndedEarly } from './world/service-victim';
import type { Victim } from './world/victim';

export type ExecutionPlan = {
  readonly victims: readonly Victim[];
  readonly seed: number;
  /** Kills and pauses in all; they are spread over the seconds as evenly as recoveries allow. */
  readonly kills: number;
  readonly seconds: number;
  /** How many of a hundred are a SIGSTOP instead of a kill. */
  readonly pausePercent: number;
  /** Longer than any lease. */
  readonly pauseMillis: number;
  readonly onStroke?: (stroke: Stroke) => void;
};

export type Stroke = {
  readonly victim: string;
  readonly kind: 'kill' | 'kill while starting' | 'pause';
  /** Milliseconds from the new start to being ready; null for a pause. */
  readonly recoveryMillis: number | null;
  /** Whether another part was down or asleep meanwhile: this one could not be ready before it. */
  readonly isDisturbed: boolean;
};

/** Who is down or asleep, and whether that changed while somebody was recovering. */
class Casualties {
  private readonly down = new Set<string>();
  private changes = 0;

  enter(name: string): void {
    this.down.add(name);
    this.changes += 1;
  }

  leave(name: string): void {
    this.down.delete(name);
  }

  /** Notes the state now; the answer tells whether anybody else was down since. */
  watch(name: string): () => boolean {
    const others = [...this.down].some((one) => one !== name);
    const { changes } = this;
    return () => others || this.changes !== changes;
  }
}

const DOWN_MILLIS = 200;
/** So many of a hundred kills are followed by another one while the victim is starting again. */
const SECOND_BLOW_PERCENT = 10;

/**
 * Kills at instants drawn from a seed. Each victim has its own executioner, so that several parts can be
 * down at the same time. Ends with everything running.
 */
export async function execute(plan: ExecutionPlan): Promise<Stroke[]> {
  const strokes: Stroke[] = [];
  const start = performance.now();
  const state = { left: plan.kills, casualties: new Casualties() };
  const meanMillis = (plan.seconds * 1_000 * plan.victims.length) / Math.max(1, plan.kills);
  const tell = (stroke: Stroke): void => {
    strokes.push(stroke);
    plan.onStroke?.(stroke);
  };
  await Promise.all(
    plan.victims.map((victim, index) =>
      haunt(victim, new Random(plan.seed + 104_729 * (index + 1)), plan, meanMillis, state, tell),
    ),
  );
  const rest = plan.seconds * 1_000 - (performance.now() - start);
  if (rest > 0) await wait(rest);
  return strokes;
}

type ExecutionState = { left: number; readonly casualties: Casualties };

async function haunt(
  victim: Victim,
  random: Random,
  plan: ExecutionPlan,
  meanMillis: number,
  state: ExecutionState,
  tell: (stroke: Stroke) => void,
): Promise<void> {
  for (;;) {
    await wait(Math.max(20, 2 * random.next() * meanMillis));
    if (state.left <= 0) return;
    state.left -= 1;
    state.casualties.enter(victim.name);
    const strokes = random.percent(plan.pausePercent)
      ? await putToSleep(victim, plan.pauseMillis)
      : await killAndRevive(victim, random, state);
    state.casualties.leave(victim.name);
    strokes.forEach(tell);
  }
}

async function putToSleep(victim: Victim, millis: number): Promise<Stroke[]> {
  victim.pause();
  await wait(millis);
  victim.resume();
  return [{ victim: victim.name, kind: 'pause', recoveryMillis: null, isDisturbed: false }];
}

async function killAndRevive(
  victim: Victim,
  random: Random,
  state: ExecutionState,
): Promise<Stroke[]> {
  const { name } = victim;
  const strokes: Stroke[] = [];
  victim.kill();
  await wait(random.next() * DOWN_MILLIS);
  if (random.percent(SECOND_BLOW_PERCENT) && state.left > 0) {
    state.left -= 1;
    await strikeWhileStarting(victim, random.next() * 1_500);
    const kind = 'kill while starting';
    strokes.push({ victim: name, kind, recoveryMillis: null, isDisturbed: false });
  }
  const wasDisturbed = state.casualties.watch(name);
  const began = performance.now();
  await revive(victim);
  const recoveryMillis = performance.now() - began;
  strokes.push({ victim: name, kind: 'kill', recoveryMillis, isDisturbed: wasDisturbed() });
  return strokes;
}

async function strikeWhileStarting(victim: Victim, afterMillis: number): Promise<void> {
  // That it does not become ready is what is wanted here.
  const starting = victim.restart().catch(() => undefined);
  await Promise.race([wait(afterMillis), starting]);
  victim.kill();
  await starting;
}

const TRIES = 40;
const RETRY_MILLIS = 250;

/** A service whose database is down ends with one line and is started again, as a supervisor does. */
async function revive(victim: Victim): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await victim.restart();
      return;
    } catch (error) {
      if (!(error instanceof EndedEarly) || attempt === TRIES) throw error;
      await wait(RETRY_MILLIS);
    }
  }
}
