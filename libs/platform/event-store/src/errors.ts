/**
 * The store cannot answer now: it is unreachable, restarting or out of resources. What an append led
 * to may be unknown; repeating it with the same event ids is safe and settles it.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/**
 * An event this code cannot read: of a type its stream does not have, or written by a newer release.
 * It is never skipped; the reader stops until the release that knows it runs.
 */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/** Others kept writing to the same stream between every reading and writing. Trying later is safe. */
export class ContentionExhausted extends Error {
  override readonly name = 'ContentionExhausted';
}
