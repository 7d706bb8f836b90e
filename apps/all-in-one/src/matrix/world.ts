import {
  createUser,
  type Merchant,
  openContract,
  pay,
  payment,
  type Product,
  signedInUser,
} from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';

/** What ids of the API can name. */
export type ObjectKind =
  | 'node'
  | 'shop'
  | 'user'
  | 'contract'
  | 'transaction'
  | 'remittance'
  | 'massOperation'
  | 'mail'
  | 'action'
  | 'export'
  | 'factor'
  | 'apiKey'
  | 'block'
  | 'storeRequest'
  | 'sinkMail';

/** Two brands: of the first two groups, of each group two shops; of the other one of everything. */
const PARENTS = {
  A: 'root',
  A1: 'A',
  A2: 'A',
  A11: 'A1',
  A12: 'A1',
  A21: 'A2',
  A22: 'A2',
  B: 'root',
  B1: 'B',
  B11: 'B1',
  B12: 'B1',
} as const;

export type Place = keyof typeof PARENTS | 'root';
export const PLACES = Object.keys(PARENTS) as Exclude<Place, 'root'>[];

const SHOPS = PLACES.filter((place) => place.length === 3);

/** How a place lies to the one an actor is attached to. */
export type Relation = 'own node' | 'below' | 'sibling' | 'above' | 'same brand' | 'other tenant';

export function isAtOrBelow(place: Place, ancestor: Place): boolean {
  if (place === ancestor) return true;
  return place !== 'root' && isAtOrBelow(PARENTS[place], ancestor);
}

export function relationOf(place: Exclude<Place, 'root'>, to: Place): Relation {
  if (place === to) return 'own node';
  if (isAtOrBelow(place, to)) return 'below';
  if (isAtOrBelow(to, place)) return 'above';
  if (to === 'root' || place[0] !== to[0]) return 'other tenant';
  return PARENTS[place] === PARENTS[to] ? 'sibling' : 'same brand';
}

/** Something of the world that can be named. */
export type WorldObject = {
  readonly kind: ObjectKind;
  readonly place: Exclude<Place, 'root'>;
  readonly id: string;
};

export type World = {
  readonly objects: readonly WorldObject[];
  nodeId(place: Place): string;
  idOf(kind: ObjectKind, place: Place): string;
  /** The same, or an id that nothing has where the world has no such thing. */
  anyId(kind: ObjectKind, place: Place): string;
  /** A login that somebody has. */
  readonly takenLogin: string;
};

/** Blocked at every node; nobody pays with it. */
const BLOCKED_CARD = '4000000000000028';

export const NOW = '2026-11-28T09:00:00.000Z';

/** Opens the two tenants, with a contract, a payment sent to the bank and a remittance at every shop. */
export async function openWorld(product: Product): Promise<World> {
  await product.setClock(NOW);
  const objects: WorldObject[] = [];
  const put = (kind: ObjectKind, place: Exclude<Place, 'root'>, id: string) =>
    objects.push({ kind, place, id });
  const idOf = (kind: ObjectKind, place: Place) => {
    const found = objects.find((one) => one.kind === kind && one.place === place);
    if (!found) throw new Error(`there is no ${kind} at ${place}`);
    return found.id;
  };
  for (const place of PLACES) {
    const nodeId = await openPlace(product, place, (parent) => idOf('node', parent));
    put('node', place, nodeId);
    if (place.length === 3) put('shop', place, nodeId);
  }
  for (const place of SHOPS) {
    const { contractId, contractNumber } = await openContract(product, idOf('shop', place));
    put('contract', place, contractId);
    const ids = { brandId: '', groupId: '', shopId: idOf('shop', place) };
    const merchant = { ...ids, contractId, contractNumber };
    const transactionId = await accepted(product, merchant);
    put('transaction', place, transactionId);
    const collected = await product.post('/api/v1/remittances/telecollect', { contractId });
    put('remittance', place, expectId(collected.body.remittances?.[0]?.remittanceId));
  }
  for (const place of PLACES) {
    const shop = SHOPS.find((one) => isAtOrBelow(one, place))!;
    put('massOperation', place, await openMassOperation(product, idOf, place, shop));
    put('mail', place, await keepMail(product, idOf('node', place)));
    put('apiKey', place, await openKey(product, idOf('node', place)));
    put('block', place, await blockCard(product, idOf('node', place)));
    const personal = await openPersonal(product, idOf('node', place));
    put('factor', place, personal.factorId);
    put('export', place, personal.exportId);
  }
  for (const place of SHOPS)
    put('storeRequest', place, await requestService(product, idOf('shop', place)));
  const users = [];
  for (const place of PLACES) {
    const user = await createUser(product, { profile: 'VIEWER', nodeId: idOf('node', place) });
    put('user', place, user.userId);
    users.push(user);
  }
  for (const { data } of await product.store.readAll({ after: 0, limit: 10_000 })) {
    const { actionId, kind, nodeId } = data as Partial<Record<string, string>>;
    const place = PLACES.find((one) => idOf('node', one) === nodeId);
    if (kind === 'USER_CREATION' && place) put('action', place, actionId ?? '');
  }
  await product.settled();
  const nodeId = (place: Place) => (place === 'root' ? 'root' : idOf('node', place));
  const anyId = (kind: ObjectKind, place: Place) =>
    objects.find((one) => one.kind === kind && one.place === place)?.id ?? uuidv7();
  return { objects, idOf, anyId, nodeId, takenLogin: users[0]!.login };
}

async function openPlace(
  product: Product,
  place: Exclude<Place, 'root'>,
  idOf: (parent: Place) => string,
): Promise<string> {
  const id = uuidv7();
  const parent = PARENTS[place];
  const rank = String(PLACES.indexOf(place)).padStart(3, '0');
  const shop = { siteNumber: '1999888', rank, merchantIdentifier: rank };
  const answer = await product.post('/api/v1/nodes', {
    id,
    level: (['BRAND', 'GROUP', 'SHOP'] as const)[place.length - 1],
    name: `Place ${place}`,
    ...(parent === 'root' ? {} : { parentId: idOf(parent) }),
    ...(place.length === 3 ? shop : {}),
  });
  if (answer.status !== 201) throw new Error(`the node was not opened: ${answer.text}`);
  return id;
}

/** A mass operation of a node: the capture of one payment at a shop of it. */
async function openMassOperation(
  product: Product,
  idOf: (kind: ObjectKind, place: Place) => string,
  place: Exclude<Place, 'root'>,
  shop: Place,
): Promise<string> {
  const choice = { contractId: idOf('contract', shop) };
  const body = { ...payment(choice as never, 2_000), authorizationOnly: true };
  const paid = await product.post('/api/v1/payments', body);
  const id = uuidv7();
  const search = { from: NOW.slice(0, 10), to: NOW.slice(0, 10) };
  const token = await product.tokenAt(idOf('node', place));
  const started = await product.post(
    '/api/v1/mass-operations',
    { id, operation: 'capture', search },
    { token, headers: { 'ledger-position': String(paid.position) } },
  );
  if (started.status !== 202) throw new Error(`no mass operation was started: ${started.text}`);
  await product.consumers.caughtUp('cashdesk.mass-operations');
  return id;
}

async function posted(product: Product, path: string, body: { readonly id: string }) {
  const answer = await product.post(`/api/v1/${path}`, body);
  if (answer.status !== 201) throw new Error(`${path} was refused: ${answer.text}`);
  return body.id;
}

function openKey(product: Product, nodeId: string): Promise<string> {
  const key = { id: uuidv7(), label: 'Caisse', actions: ['search-transactions'], nodeId };
  return posted(product, 'api-keys', key);
}

function blockCard(product: Product, nodeId: string): Promise<string> {
  const block = { id: uuidv7(), nodeId, cardNumber: BLOCKED_CARD };
  return posted(product, 'blocked-cards', block);
}

function requestService(product: Product, shopId: string): Promise<string> {
  const request = { id: uuidv7(), paymentMeans: 'DINERS', affiliateIdentifier: '7654321' };
  return posted(product, `shops/${shopId}/store/requests`, request);
}

/** What a manager of a node began for themselves: codes of a telephone, and an export. */
async function openPersonal(product: Product, nodeId: string) {
  const { browser } = await signedInUser(product, { profile: 'MANAGER', nodeId });
  const [factorId, exportId] = [uuidv7(), uuidv7()];
  const begun = await browser.post('/api/v1/me/factors/totp', { id: factorId, label: 'Mobile' });
  const search = { from: NOW.slice(0, 10), to: NOW.slice(0, 10) };
  const asked = await browser.post('/api/v1/exports', {
    id: exportId,
    kind: 'transactions',
    search,
  });
  if (begun.status !== 201 || asked.status !== 201)
    throw new Error(`nothing personal was begun: ${begun.text} ${asked.text}`);
  return { factorId, exportId };
}

/** A mail that was sent: its row alone, as nothing else is left of it. */
async function keepMail(product: Product, nodeId: string): Promise<string> {
  const mailId = uuidv7();
  await product.database.query(
    `insert into mail.messages (message_id, channel, environment, node_id, template, language,
       subject, masked_recipient, state, created_at, sent_at)
     values ($1, 'MAIL', 'TEST', $2, 'welcome', 'fr', 'Bienvenue', 'c•••@example.com', 'SENT', $3, $3)`,
    [mailId, nodeId, NOW],
  );
  return mailId;
}

/** A payment that the acquirer answered in time: on a busy machine one may be left pending. */
async function accepted(product: Product, merchant: Merchant): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { transactionId, status } = await pay(product, merchant, 10_000);
    if (status === 'ACCEPTED') return transactionId;
  }
  throw new Error('the acquirer answers nothing in time');
}

function expectId(id: unknown): string {
  if (typeof id !== 'string') throw new Error('nothing was collected');
  return id;
}
