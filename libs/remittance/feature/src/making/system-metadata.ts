import type { EventMetadata } from '@encaisse/platform/event-store';

/**
 * What is recorded beside facts that nobody asked for by name. Always the same for one cause, so that
 * a repeated append is recognised as such.
 */
export function systemMetadata(correlationId: string): EventMetadata {
  return { actor: { kind: 'system', login: 'remittance' }, correlationId, causationId: null };
}
