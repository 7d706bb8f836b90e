import type { Answer } from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import type { Actor } from './actors';
import type { RoutePolicy } from './policy';
import { isAtOrBelow, PLACES, relationOf, type World, type WorldObject } from './world';

/** What a request is about. */
export type Target = {
  readonly name: string;
  readonly id: string;
  /** Null for what is not there. */
  readonly object: WorldObject | null;
};

/** What is to be seen of a cell that is not as the policy has it. */
export type Unexpected = {
  readonly route: string;
  readonly actor: string;
  readonly target: string;
  readonly channel: string;
  readonly expected: string;
  readonly got: string;
};

const NOWHERE: Target = { name: 'nothing', id: '', object: null };
const HOSTILE = ["not-an-id' or '1'='1", '\u0000'];
/** Codes that say that the caller lacks a right, and nothing of what was asked for. */
const RIGHTS = new Set([
  'unauthenticated',
  'forbidden',
  'second-factor-needed',
  'password-change-needed',
  'terms-not-accepted',
  'csrf-token-wrong',
]);
const OBSTACLES = {
  unknown: 'unauthenticated',
  'second-factor': 'second-factor-needed',
  password: 'password-change-needed',
  terms: 'terms-not-accepted',
  forged: 'csrf-token-wrong',
} as const;

/** The targets of a route for an actor: a missing id first, one of each relation, malformed ids. */
export function targetsFor(policy: RoutePolicy, actor: Actor, world: World): readonly Target[] {
  if (!policy.target) return [NOWHERE];
  const [kind] = policy.target;
  const byRelation = new Map<string, Target>();
  for (const place of PLACES) {
    const object = world.objects.find((one) => one.kind === kind && one.place === place);
    const relation = relationOf(place, actor.place);
    if (object && !byRelation.has(relation))
      byRelation.set(relation, { name: `${relation} (${place})`, id: object.id, object });
  }
  return [
    { name: 'missing id', id: uuidv7(), object: null },
    ...byRelation.values(),
    ...HOSTILE.map((id) => ({ name: `malformed id ${JSON.stringify(id)}`, id, object: null })),
  ];
}

/** Why the caller is turned away before anything is looked for; null when they may. */
export function obstacleOf(route: string, policy: RoutePolicy, actor: Actor): string | null {
  const { may, gates = [] } = policy;
  if (may === 'public') return null;
  const { obstacle, profile, rights, place } = actor;
  const isSafe = route.startsWith('GET ');
  const isStopped =
    obstacle !== null &&
    !(obstacle === 'forged' && isSafe) &&
    !(gates as readonly string[]).includes(obstacle);
  if (isStopped) return OBSTACLES[obstacle];
  const hasRight = profile === null ? rights.includes(policy.right ?? '') : may.includes(profile);
  if (!hasRight) return 'forbidden';
  return policy.isForRoot === true && place !== 'root' ? 'forbidden' : null;
}

/** Sends the request of a cell. */
export function send(
  route: string,
  policy: RoutePolicy,
  actor: Pick<Actor, 'call'>,
  target: string,
  world: World,
  body: unknown = policy.body?.(target, world),
): Promise<Answer> {
  const [method = '', template = ''] = route.split(' ');
  const path = template
    .replace(/\{\w+\}/, encodeURIComponent(target === '' ? 'x' : target))
    .replace(/\{\w+\}/g, 'x');
  const query = new URLSearchParams(policy.query?.(target, world) as Record<string, string>);
  return actor.call(method, query.size > 0 ? `${path}?${query.toString()}` : path, body);
}

/** What is wrong with an answer; null when it is as the policy has it. */
export function verdictOf(
  cell: { readonly route: string; readonly policy: RoutePolicy; readonly actor: Actor },
  target: Target,
  answer: Answer,
  missing: Answer | null,
  world: World,
): readonly [expected: string, got: string] | null {
  const { route, policy, actor } = cell;
  const code = answer.body?.code as string | undefined;
  const got = `${answer.status} ${code ?? ''}`;
  if (answer.status >= 500) return ['no failure of ours', got];
  const obstacle = obstacleOf(route, policy, actor);
  if (obstacle !== null) {
    const status = obstacle === 'unauthenticated' ? 401 : 403;
    return answer.status === status && code === obstacle ? null : [`${status} ${obstacle}`, got];
  }
  const isLater = policy.laterRefusals?.includes(code ?? '') === true;
  if (RIGHTS.has(code ?? '') || ([401, 403].includes(answer.status) && !isLater))
    return ['allowed', got];
  if (target === NOWHERE || policy.may === 'public') return null;
  if (target.object === null && missing !== null)
    return [400, 404, 422].includes(answer.status) ? null : ['refused as malformed', got];
  const unseen = policy.unseen ?? 404;
  if (target.object === null)
    return answer.status === unseen ? null : [`${unseen} as nothing is there`, got];
  const isSeen = isAtOrBelow(target.object.place, actor.place) && policy.isPersonal !== true;
  if (!isSeen) return sameAs(missing, answer);
  const isUnseen = answer.status === 404 || (code !== undefined && code === missing?.body?.code);
  if (isUnseen) return ['found', got];
  return leakOf(actor, answer, world);
}

/** A foreign thing answers as a missing one: status, body and names of headers. */
function sameAs(missing: Answer | null, answer: Answer): readonly [string, string] | null {
  if (missing === null) return null;
  const seen = ({ status, body, text, headers }: Answer) => {
    const { instance: _, ...rest } = (body ?? { text }) as Record<string, unknown>;
    return JSON.stringify([status, rest, [...headers.keys()].sort()]);
  };
  return seen(missing) === seen(answer) ? null : [seen(missing), seen(answer)];
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What lies outside the caller's node is in no answer; the way up from there is no secret. */
function leakOf(actor: Actor, answer: Answer, world: World): readonly [string, string] | null {
  for (const [id] of answer.text.matchAll(UUID)) {
    const object = world.objects.find((one) => one.id === id);
    if (!object || isAtOrBelow(object.place, actor.place)) continue;
    const isWayUp = object.kind === 'node' && isAtOrBelow(actor.place, object.place);
    if (!isWayUp) return ['nothing of others', `${object.kind} of ${object.place}`];
  }
  return null;
}
