import type { Database } from '@encaisse/platform/postgres';

/** The statement under way, or the next one, fails with the same news: nothing else is to be done. */
function alreadyTold(): void {
  return;
}

/**
 * A connection that breaks between two statements of a transaction emits an error that would end the
 * process if nobody listened; the transaction itself fails with its next statement.
 */
export function surviveLostConnections(database: Database): void {
  database.pool.on('acquire', (client) => {
    if (!client.listeners('error').includes(alreadyTold)) client.on('error', alreadyTold);
  });
}
