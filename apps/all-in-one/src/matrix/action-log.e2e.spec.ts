import { type Answer, Browser, pay, Product, signedInUser } from '@encaisse/testing';
import { ALL_MODULES } from '../modules';
import { type Actor, openActors } from './actors';
import { send } from './cells';
import { POLICY, type RoutePolicy } from './policy';
import { openWorld, type World } from './world';

type Entry = {
  readonly kind: string;
  readonly login: string;
  readonly result: string;
  readonly status: number;
  readonly problem: string | null;
  readonly nodeId: string | null;
  readonly origin: object | null;
};

const LOGGED = Object.entries(POLICY).filter(
  ([, { logged }]) => logged !== undefined && logged !== 'nothing',
);
const CARD = { number: '4000000000000010', expiry: '4912' };

let product: Product;
let world: World;
let actors: readonly Actor[];

beforeAll(async () => {
  product = await Product.start(ALL_MODULES);
  world = await openWorld(product);
  actors = await openActors(product, world, ['A']);
}, 180_000);

afterAll(() => product.stop());

const actorNamed = (name: string) => actors.find((one) => one.name === name)!;
const root = {
  name: 'camille.durand',
  nodeId: 'root',
  call: (method: string, path: string, body?: unknown) => product.call(method, path, body),
};

/** What a call leaves in the action log. */
async function entriesOf(call: () => Promise<Answer>): Promise<readonly [Answer, Entry[]]> {
  const after = await product.store.lastPosition();
  const answer = await call();
  const events = await product.store.readAll({ after, limit: 1000 });
  const entries = events.filter(({ streamId }) => streamId.startsWith('access.action-'));
  return [answer, entries.map(({ data }) => data as Entry)];
}

function expectOne(
  entries: readonly Entry[],
  answer: Answer,
  { logged: kind }: RoutePolicy,
  result: string,
  login: unknown,
): void {
  const problem = (answer.body as { code?: string } | null)?.code ?? null;
  const status = answer.status;
  expect(entries).toEqual([
    expect.objectContaining({
      kind,
      result,
      status,
      login,
      problem: status < 400 ? null : problem,
    }),
  ]);
  expect(entries[0]!.origin).toEqual({
    personId: expect.any(String) as string,
    commitment: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
}

/** Somebody who may, and the login they have in the log. */
function whoMay({ may, right }: RoutePolicy) {
  for (const profile of ['MANAGER', 'SUPPORT', 'AUDITOR'])
    if (may !== 'public' && may.includes(profile)) return actorNamed(`${profile} at A`);
  return actors.find(({ rights }) => rights.length === 1 && rights[0] === right) ?? root;
}

/** A target on which the operation can be carried out. */
async function readyTarget(route: string, policy: RoutePolicy): Promise<string> {
  const [kind] = policy.target ?? [];
  if (kind === undefined) return '';
  const contractId = world.idOf('contract', 'A11');
  const merchant = { brandId: '', groupId: '', shopId: '', contractId, contractNumber: '' };
  if (route === 'POST /api/v1/mass-operations') await pay(product, merchant, 5_000);
  if (kind !== 'transaction') return world.idOf(kind, 'A11');
  if (route.endsWith('/refunds')) return world.idOf('transaction', 'A11');
  const authorizationOnly = route.endsWith('/capture');
  return (await pay(product, merchant, 5_000, { card: CARD, authorizationOnly })).transactionId;
}

/** Calls an accepted request, and once more when it has an id. */
async function acceptedOnce(
  route: string,
  policy: RoutePolicy,
  actor: Pick<Actor, 'call'> = whoMay(policy),
): Promise<void> {
  const target = await readyTarget(route, policy);
  await product.settled();
  const body = route.startsWith('GET') ? undefined : policy.accepted!(target, world);
  const wanted = { ...policy, query: route.startsWith('GET') ? policy.accepted : undefined };
  const call = () => send(route, wanted as RoutePolicy, actor, target, world, body);
  const [answer, entries] = await entriesOf(call);
  expect([answer.status < 300, answer.status, answer.text]).toEqual([
    true,
    answer.status,
    answer.text,
  ]);
  if (policy.isAcceptedByEvent === true) expect(entries).toEqual([]);
  else expectOne(entries, answer, policy, 'ACCEPTED', expect.not.stringMatching(/^anonymous$/));
  const hasId = (body as { id?: string } | undefined)?.id !== undefined;
  if (!hasId) return;
  const [again, repeated] = await entriesOf(call);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expectOne(repeated, again, policy, 'REPEATED', expect.anything());
}

describe('Every route that changes something', () => {
  it.each(LOGGED)('LOG-01 %s leaves one entry of a refused call', async (route, policy) => {
    const target = policy.target ? world.idOf(policy.target[0], 'A11') : '';
    const nobody = actorNamed('anonymous');
    const [unknown, ofNobody] = await entriesOf(() => send(route, policy, nobody, target, world));
    expect(unknown.status).toBe(policy.may === 'public' ? 400 : 401);
    expectOne(ofNobody, unknown, policy, 'REFUSED', 'anonymous');
    if (policy.may === 'public') return;
    const lacking = actorNamed('HMAC_MANAGER at A');
    const isTheirs = policy.may.includes('HMAC_MANAGER');
    const body = isTheirs ? { noSuchField: true } : undefined;
    const takesBody = policy.body !== undefined;
    if (isTheirs && !takesBody) return;
    const [answer, entries] = await entriesOf(() =>
      send(route, policy, lacking, target, world, body),
    );
    expect(answer.status).toBe(isTheirs ? 400 : 403);
    expectOne(entries, answer, policy, 'REFUSED', expect.stringMatching(/^claire\.martin\.\d{4}$/));
    expect(entries[0]!.nodeId).toBe(world.nodeId('A'));
  });

  it.each(LOGGED.filter(([, { accepted, isLast }]) => accepted !== undefined && !isLast))(
    'LOG-01 %s leaves one entry of an accepted call, and one of its repetition',
    (route, policy) => acceptedOnce(route, policy),
  );

  it('LOG-01 signing in, choosing a password and signing out leave one entry each', async () => {
    const nodeId = world.nodeId('A11');
    const { user, browser } = await signedInUser(product, { profile: 'CASHIER', nodeId });
    const [out, left] = await entriesOf(() => browser.call('DELETE', '/api/v1/session'));
    expectOne(left, out, POLICY['DELETE /api/v1/session']!, 'ACCEPTED', user.login);
    const [back, entered] = await entriesOf(() => browser.signIn(user.login, user.password));
    expectOne(entered, back, POLICY['POST /api/v1/session']!, 'ACCEPTED', user.login);
    const newPassword = 'Une-Autre-Clef-2027!';
    const change = { currentPassword: user.password, newPassword };
    const [changed, entries] = await entriesOf(() =>
      browser.call('PUT', '/api/v1/me/password', { ...change, newPasswordRepeated: newPassword }),
    );
    expectOne(entries, changed, POLICY['PUT /api/v1/me/password']!, 'ACCEPTED', user.login);
    expect(entries[0]!.nodeId).toBe(nodeId);
  });
});

describe('The action log', () => {
  const FORGED = 'x\r\n{"kind":"SIGN_IN","result":"ACCEPTED","login":"root"}\u001b[2K';

  it('LOG-02 cannot be given an entry by a name with line breaks or terminal codes', async () => {
    const anonymous = new Browser(product);
    const [, ofLogin] = await entriesOf(() => anonymous.signIn(FORGED, FORGED));
    const support = actorNamed('SUPPORT at A');
    const user = POLICY['POST /api/v1/users']!.accepted!(world.nodeId('A'), world);
    const [refused, ofName] = await entriesOf(() =>
      support.call('POST', '/api/v1/users', { ...user, name: FORGED }),
    );
    expect(refused.status).toBe(400);
    const contract = `/api/v1/contracts/${world.idOf('contract', 'A12')}`;
    const [, ofLabel] = await entriesOf(() =>
      actorNamed('MANAGER at A').call('PATCH', contract, { label: FORGED.slice(0, 40) }),
    );
    for (const entries of [ofLogin, ofName, ofLabel]) {
      expect(entries).toHaveLength(1);
      expect(JSON.stringify(entries)).not.toContain('root');
      expect(JSON.stringify(entries)).not.toMatch(/\\[nr]|\\u001b/);
    }
  });

  it.each(['/api/v1/actions', '/api/v1/events'])(
    'LOG-02 has no route by which %s could be written, changed or erased',
    async (path) => {
      for (const actor of [root, actorNamed('AUDITOR at root'), actorNamed('SUPPORT at root')])
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
          for (const address of [path, `${path}/019abd2c-6a00-7000-8000-000000000001`]) {
            const answer = await actor.call(method, address, {});
            expect([method, address, answer.status]).toEqual([method, address, 404]);
          }
    },
  );

  it('LOG-01 holds one entry of the publication of terms, after which everybody must accept them', async () => {
    await acceptedOnce('POST /api/v1/terms', POLICY['POST /api/v1/terms']!, root);
  });
});
