/** What a command leads to: facts to append, or one refusal. Only bugs and outages throw. */
export type Decision<Event, Refusal> =
  { readonly accepted: readonly Event[] } | { readonly refused: Refusal };

/** The command is allowed and leads to these facts, in order; none when it was already done. */
export function accept<Event>(...events: readonly Event[]): {
  readonly accepted: readonly Event[];
} {
  return { accepted: events };
}

/** The command is not allowed; nothing changes. */
export function refuse<const Refusal>(refusal: Refusal): { readonly refused: Refusal } {
  return { refused: refusal };
}

/** Tells a refusal from an acceptance. */
export function isRefused<Event, Refusal>(
  decision: Decision<Event, Refusal>,
): decision is { readonly refused: Refusal } {
  return 'refused' in decision;
}
