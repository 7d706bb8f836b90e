const DAY_MILLIS = 86_400_000;

const dayFromToday = (offset: number): string =>
  new Date(Date.now() + offset * DAY_MILLIS).toISOString().slice(0, 10);

/**
 * The days from yesterday to tomorrow, `YYYY-MM-DD`, as a period of a search: today is among them at
 * any hour, also when it is another day in Paris than here, or midnight passes meanwhile.
 */
export function aroundToday(): { readonly from: string; readonly to: string } {
  return { from: dayFromToday(-1), to: dayFromToday(1) };
}
