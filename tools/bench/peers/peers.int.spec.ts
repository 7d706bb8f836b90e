import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@encaisse/testing';
import { openEmmett } from './emmett';
import { openMessageDb } from './message-db';
import type { Peer } from './peer';
import { samplePeerEvent } from './sample';

const FOLDER = join(process.cwd(), '.cache', 'bench-peers');
const areThere = existsSync(join(FOLDER, 'node_modules'));
const reason = areThere ? '' : ' (skipped: the peers of the benches are not installed)';
const withPeers = areThere ? describe : describe.skip;

withPeers(`The peers of the benches${reason}`, () => {
  let database: TestDatabase;
  let peer: Peer;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await peer.close();
    await database.drop();
  });

  it.each([
    ['message-db', () => openMessageDb(database.url, FOLDER, 2)],
    ['Emmett', () => openEmmett(database.url, FOLDER)],
  ])('%s appends, is filled, and gives everything back', async (_, open) => {
    peer = await open();
    await peer.append('one', samplePeerEvent());
    await peer.fill(1500, samplePeerEvent);
    const seen: string[] = [];
    await peer.replay(1501, (type) => seen.push(type));
    expect(seen).toHaveLength(1501);
    expect(new Set(seen)).toEqual(new Set(['PaymentRequested']));
  });
});
