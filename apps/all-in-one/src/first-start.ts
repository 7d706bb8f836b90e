import { setTimeout as wait } from 'node:timers/promises';
import type { RunningService } from '@encaisse/platform/runtime';
import { newReadablePassword } from '@encaisse/platform/access';
import { uuidv7 } from 'uuidv7';

const TRIES = 10;
const RETRY_MILLIS = 1000;

type Answer = { readonly body: Record<string, unknown>; readonly cookie: string | null };

/** The product as a client sees it: the demonstration goes through the routes everybody uses. */
class Client {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async post(path: string, body: object): Promise<Record<string, unknown>> {
    return (await this.send('POST', path, body, { authorization: `Bearer ${this.token}` })).body;
  }

  async send(
    method: string,
    path: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const request = {
      method,
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    };
    let answer = await fetch(`${this.url}/api/v1/${path}`, request);
    // What a busy machine is late with is there when it is asked for again.
    for (let tries = 1; answer.status === 503 && tries < TRIES; tries += 1) {
      await answer.text();
      await wait(RETRY_MILLIS);
      answer = await fetch(`${this.url}/api/v1/${path}`, request);
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? null;
    return { body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>), cookie };
  }
}

const SHOPS = [
  { group: 'Nord', name: 'Lille', rank: '001' },
  { group: 'Nord', name: 'Roubaix', rank: '002' },
  { group: 'Sud', name: 'Nice', rank: '003' },
] as const;

const PEOPLE = [
  { login: 'demo.consultation', profile: 'VIEWER', name: 'Valérie Lambert', at: 'Lille' },
  { login: 'demo.caisse', profile: 'CASHIER', name: 'Claire Martin', at: 'Lille' },
  { login: 'demo.gestion', profile: 'MANAGER', name: 'Paul Durand', at: 'brand' },
  { login: 'demo.saisie', profile: 'ENTRY_OPERATOR', name: 'Omar Benali', at: 'Lille' },
  { login: 'demo.hmac', profile: 'HMAC_MANAGER', name: 'Hélène Moreau', at: 'Lille' },
  { login: 'demo.support', profile: 'SUPPORT', name: 'Sophie Petit', at: 'root' },
] as const;

/**
 * Fills an installation that holds nothing yet with a small tree and one user per profile, and gives
 * the lines that tell their sign-ins; none when there is something already.
 */
export async function firstStart({ platform, url }: RunningService): Promise<readonly string[]> {
  if (!platform.settings.demoTree || (await platform.store.lastPosition()) > 0) return [];
  const token = await platform.tokens.issue({
    login: 'demo',
    displayName: 'Compte de démonstration',
    nodeId: 'root',
    environment: 'TEST',
    scopes: ['read', 'administer'],
    lifetimeSeconds: 300,
  });
  const client = new Client(url, token);
  const places = await plantTree(client);
  const password = `${newReadablePassword()}-D3mo`;
  for (const person of PEOPLE) await letIn(client, person, places, password);
  return [
    '  Demonstration sign-ins, told this once (all with the same password):',
    ...PEOPLE.map(
      ({ login, profile, at }) => `    ${login.padEnd(20)} ${profile}, ${placeName(at)}`,
    ),
    `    password             ${password}`,
    '',
  ];
}

async function plantTree(client: Client): Promise<ReadonlyMap<string, string>> {
  const places = new Map([['root', 'root']]);
  const open = async (name: string, node: object) => {
    const id = uuidv7();
    await client.post('nodes', { id, name, ...node });
    places.set(name, id);
  };
  await open('brand', { name: 'Librairies de France', level: 'BRAND' });
  for (const group of new Set(SHOPS.map((shop) => shop.group)))
    await open(group, { level: 'GROUP', parentId: places.get('brand') });
  for (const { group, name, rank } of SHOPS) {
    const place = { parentId: places.get(group), siteNumber: '1999888', rank };
    await open(name, { level: 'SHOP', merchantIdentifier: '2', ...place });
    await client.post('contracts', {
      id: uuidv7(),
      shopId: places.get(name),
      contractNumber: `520${rank}0`,
      paymentMeans: 'VISA',
      currency: 'EUR',
      minimumMinor: 1,
      maximumMinor: 1_000_000,
      label: `LIBRAIRIE ${name.toUpperCase()}`,
    });
  }
  return places;
}

/** Creates a user and goes through the first sign-in with them: password chosen, terms accepted. */
async function letIn(
  client: Client,
  { login, profile, name, at }: (typeof PEOPLE)[number],
  places: ReadonlyMap<string, string>,
  password: string,
): Promise<void> {
  const { temporaryPassword } = await client.post('users', {
    id: uuidv7(),
    ...{ login, profile, name, email: `${login}@example.com` },
    nodeId: places.get(at),
    delivery: 'TEMPORARY_PASSWORD',
  });
  const opened = await client.send(
    'POST',
    'session',
    { login, password: temporaryPassword, environment: 'TEST' },
    {},
  );
  const chosen = await client.send(
    'PUT',
    'me/password',
    { currentPassword: temporaryPassword, newPassword: password, newPasswordRepeated: password },
    headersOf(opened),
  );
  await client.send('POST', 'me/terms', { version: 1 }, headersOf(chosen));
  await client.send('DELETE', 'session', undefined, headersOf(chosen));
}

function headersOf({ body, cookie }: Answer): Record<string, string> {
  return { cookie: cookie ?? '', 'x-csrf-token': String(body['csrfToken']) };
}

function placeName(at: string): string {
  if (at === 'root') return 'the whole installation';
  return at === 'brand' ? 'the brand' : `the shop of ${at}`;
}
