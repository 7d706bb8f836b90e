/** Before every UUID. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Rows in the order of their ids, a page at a time; the next page is read while one is worked on. */
export async function* pagesAhead<Row extends { readonly transaction_id: string }>(
  read: (after: string, limit: number) => Promise<Row[]>,
  size: number,
): AsyncGenerator<readonly Row[]> {
  let page = await read(FIRST_ID, size);
  while (page.length > 0) {
    const last = page.at(-1)!.transaction_id;
    const next = page.length < size ? null : read(last, size);
    // Awaited below; a failure before that must not be an unhandled one.
    next?.catch(() => undefined);
    yield page;
    page = (await next) ?? [];
  }
}
