import { createHash } from 'node:crypto';

const ENDINGS = 10_000;

/**
 * The logins to try for a name, with four digits so that the first is hardly ever taken:
 * `claire.martin.4821`. The digits come from the id of the creation, so that a repeat finds its user.
 */
export function* newLogins(name: string, creationId: string): Generator<string> {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.+|\.+$/g, '')
    .slice(0, 50);
  const stem = plain === '' ? 'user' : plain;
  for (let attempt = 0; attempt < ENDINGS; attempt += 1) {
    const digest = createHash('sha256').update(`${creationId}|${attempt}`).digest();
    yield `${stem}.${String(digest.readUInt32BE(0) % ENDINGS).padStart(4, '0')}`;
  }
}
