import type { ProductApi } from './product-api';

/** Gives the product its own time back; never in the middle of a day, whose evening would run at once. */
export async function releaseClock(api: ProductApi): Promise<void> {
  const { isSet } = (await api.get('/dev/clock')) as { isSet: boolean };
  if (isSet) await api.setClock(null);
}

/** Moves the clock to an evening's telecollection and waits for it; one that failed is tried again. */
export async function playEvening(api: ProductApi, at: string): Promise<void> {
  for (let attempt = 1; attempt <= EVENING_TRIES; attempt += 1) {
    if ((await api.setClock(at)) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
  }
}

const EVENING_TRIES = 5;
const RETRY_MILLIS = 250;
