import { setTimeout as wait } from 'node:timers/promises';

/** What a test waits for may take this long on a busy machine; a test has 120 seconds. */
const PATIENCE_MILLIS = 30_000;
const LOOK_AGAIN_MILLIS = 10;

/** Looks again until something is found, and gives it; throws that `what` did not come after 30 seconds. */
export async function found<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + PATIENCE_MILLIS;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what} did not come in time`);
    await wait(LOOK_AGAIN_MILLIS);
  }
}

/** Asks again until a condition is true; throws when it is not after 30 seconds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  await found(`what was waited for (${condition.toString()})`, async () =>
    (await condition()) ? true : undefined,
  );
}
