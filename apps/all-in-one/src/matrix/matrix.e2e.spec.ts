import { type Answer, Product } from '@encaisse/testing';
import { PlatformModule } from '@encaisse/platform/runtime';
import { ALL_MODULES } from '../modules';
import { type Actor, openActors } from './actors';
import { send, targetsFor, type Unexpected, verdictOf } from './cells';
import { type DeclaredRoute, declaredRoutes } from './declared-routes';
import { POLICY, type RoutePolicy } from './policy';
import { openWorld, type World } from './world';

const POLICY_FILE = 'apps/all-in-one/src/matrix/policy.ts';
const PARALLEL = 8;
const CHANGING = /^(POST|PUT|PATCH|DELETE) /;

let product: Product;
let world: World;
let actors: readonly Actor[];
let live: readonly string[];
let declared: readonly DeclaredRoute[];

beforeAll(async () => {
  product = await Product.start(ALL_MODULES);
  world = await openWorld(product);
  actors = await openActors(product, world);
  const { paths } = (await product.get('/api/openapi.json', { token: '' })).body as {
    paths: Record<string, object>;
  };
  live = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  declared = declaredRoutes([...ALL_MODULES, PlatformModule.of(product.service.platform)]);
}, 180_000);

afterAll(() => product.stop());

describe('The policy file', () => {
  it('has a line for every route', () => {
    const lacking = live.filter((route) => POLICY[route] === undefined);
    expect(lacking.map((route) => `${route}: declare it in ${POLICY_FILE}`)).toEqual([]);
  });

  it('has no line for a route that is not there', () => {
    const stray = Object.keys(POLICY).filter((route) => !live.includes(route));
    expect(stray.map((route) => `${route} is no route: take its line out of it`)).toEqual([]);
  });

  it('is about the same routes as the controllers', () => {
    expect(declared.map(({ name }) => name).sort()).toEqual([...live].sort());
  });
});

describe('Every route', () => {
  const line = (route: string): RoutePolicy => POLICY[route] ?? { may: [] };

  it('declares the right it needs, or that it is public', () => {
    const undeclared = declared.filter(({ needs, isPublic }) => (needs !== undefined) === isPublic);
    expect(undeclared.map(({ name }) => `${name}: declare @Needs or @Public`)).toEqual([]);
  });

  it('needs the right that the policy file has', () => {
    const wanted = declared.map(({ name }) => [
      name,
      line(name).may === 'public' ? 'public' : line(name).right,
    ]);
    const given = declared.map(({ name, needs, isPublic }) => [name, isPublic ? 'public' : needs]);
    expect(given).toEqual(wanted);
  });

  it('LOG-03 that changes something declares its kind of action, or that it changes nothing', () => {
    const undeclared = declared
      .filter(({ name }) => CHANGING.test(name))
      .filter(({ logged, changesNothing }) => (logged !== undefined) === changesNothing);
    expect(undeclared.map(({ name }) => `${name}: declare @Logged or @ChangesNothing`)).toEqual([]);
  });

  it('LOG-03 is logged as the policy file has it', () => {
    const wanted = declared.map(({ name }) => [name, line(name).logged]);
    const given = declared.map(({ name, logged, changesNothing }) => [
      name,
      changesNothing ? 'nothing' : logged,
    ]);
    expect(given).toEqual(wanted);
  });
});

describe('The authorisation matrix', () => {
  it('GEN-02 GEN-03 has every route answer every actor about every target as the policy file says', async () => {
    const unexpected: Unexpected[] = [];
    let cells = 0;
    const runRoute = async (route: string, policy: RoutePolicy, actor: Actor) => {
      let missing: Answer | null = null;
      for (const target of targetsFor(policy, actor, world)) {
        const answer = await send(route, policy, actor, target.id, world);
        const verdict = verdictOf({ route, policy, actor }, target, answer, missing, world);
        missing ??= answer;
        cells += 1;
        if (verdict === null) continue;
        const [expected, got] = verdict;
        const channel = policy.target?.[1] ?? 'none';
        unexpected.push({
          route,
          actor: actor.name,
          target: target.name,
          channel,
          expected,
          got,
        });
      }
    };
    const routes = live.filter((route) => POLICY[route] !== undefined);
    const isLast = (route: string) => Number(POLICY[route]?.isLast ?? false);
    routes.sort((one, other) => isLast(one) - isLast(other));
    for (const route of routes) {
      const waiting = [...actors];
      const work = async () => {
        for (let next = waiting.pop(); next; next = waiting.pop())
          await runRoute(route, POLICY[route]!, next);
      };
      await Promise.all(Array.from({ length: PARALLEL }, work));
    }
    const lines = unexpected.map((one) => Object.values(one).join(' | '));
    process.stdout.write(
      [...lines, `Authorisation matrix: ${cells} cells, ${lines.length} unexpected`, ''].join('\n'),
    );
    expect(lines).toEqual([]);
    expect(cells).toBeGreaterThanOrEqual(10_000);
  }, 600_000);
});
