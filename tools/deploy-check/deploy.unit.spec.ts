import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CHART = join(ROOT, 'deploy', 'helm', 'encaisse');
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');

function* sources(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (name.endsWith('.ts') && !name.includes('.spec.')) yield path;
  }
}

const LIBRARIES = [...sources(join(ROOT, 'libs'))].map((path) => ({ path, text: read(path) }));

/** Contexts whose routes another service serves. */
const SERVED_BY: Readonly<Record<string, string>> = { audit: 'backoffice', messages: 'backoffice' };
const APART = ['testing', 'platform', 'acquirer-simulator', 'mail-sink'];

/** Every route of a context's controllers, with a value for each parameter, and the service it is in. */
const ROUTES = LIBRARIES.flatMap(({ path, text }) => {
  const context = path.slice(join(ROOT, 'libs').length + 1).split('/')[0]!;
  const base = /@Controller\('([^']*)'\)/.exec(text)?.[1];
  if (base === undefined || APART.includes(context)) return [];
  const service = SERVED_BY[context] ?? context;
  return [...text.matchAll(/@(?:Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g)].map(([, own]) => ({
    route: `/${[base, own].filter(Boolean).join('/')}`.replace(/:\w+/g, '0192d000-0000-7000-8000'),
    service,
  }));
});

/** What nginx makes of the map of the gateway: the first pattern that fits, else the default. */
function serviceOf(route: string): string | undefined {
  const rules = read(CHART, 'files', 'gateway.conf').match(/map \$uri[^{]*\{([^}]*)\}/)?.[1] ?? '';
  const lines = rules
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/;$/, '').split(/\s+/));
  const found = lines.find(
    ([pattern = '']) => pattern.startsWith('~') && new RegExp(pattern.slice(1)).test(route),
  );
  return (found ?? lines.find(([pattern]) => pattern === 'default'))?.[1];
}

describe('The gateway of the deployment', () => {
  it('knows routes of every context that has some', () => {
    expect(new Set(ROUTES.map(({ service }) => service)).size).toBeGreaterThanOrEqual(7);
  });

  it.each(ROUTES)('sends $route to $service', ({ route, service }) => {
    expect(serviceOf(route)).toBe(service);
  });

  it('has an upstream for each service it names', () => {
    const text = read(CHART, 'files', 'gateway.conf');
    const upstreams = [...text.matchAll(/upstream (\S+) +\{ server encaisse-(\S+):3000;/g)];
    for (const [, name, host] of upstreams) expect(host).toBe(name);
    const named = new Set(ROUTES.map(({ service }) => service));
    expect(new Set(upstreams.map(([, name]) => name))).toEqual(named);
  });
});

describe('Alerts and dashboards', () => {
  const known = LIBRARIES.map(({ text }) => text).join('\n');
  const shown = ['alerts.yml', 'dashboards/payments.json', 'dashboards/operations.json']
    .map((name) => read(CHART, 'files', name))
    .join('\n');
  const metrics = [...new Set(shown.match(/\bencaisse_\w+/g))];

  it.each(metrics)('ask for %s, which the product has', (metric) => {
    expect(known).toContain(`'${metric.replace(/_(bucket|count|sum)$/, '')}'`);
  });

  it.each(['payments', 'operations'])('know an outcome of payments by its name: %s', (name) => {
    for (const [, outcome] of read(CHART, 'files', 'dashboards', `${name}.json`).matchAll(
      /outcome=\\"(\w+)\\"/g,
    ))
      expect(read(ROOT, 'libs/ledger/domain/src/transaction/triples.ts')).toContain(
        `'${outcome ?? ''}'`,
      );
  });

  it('leave out no metric of the product', () => {
    const own = new Set(known.match(/'encaisse_\w+'/g)?.map((quoted) => quoted.slice(1, -1)));
    for (const metric of own) expect(shown).toContain(metric);
  });
});

describe('The image', () => {
  const image = read(ROOT, 'deploy', 'Dockerfile');

  it('runs as nobody in particular, says whether it is well, and lets a service be chosen', () => {
    expect(image).toMatch(/^USER 10001:10001$/m);
    expect(image).toMatch(/^HEALTHCHECK /m);
    expect(image).toContain('ENCAISSE_SERVICE=all-in-one');
  });

  it('takes the Node.js that the tests run on', () => {
    const { engines } = JSON.parse(read(ROOT, 'package.json')) as { engines: { node: string } };
    expect(engines.node).toContain('>=20.19');
    expect(image).toMatch(/NODE_IMAGE=docker\.io\/library\/node:20\.\d+\.\d+-bookworm-slim/);
  });

  it('copies only what is there', () => {
    const copied = [...image.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    expect(copied.length).toBeGreaterThan(8);
    for (const path of copied) expect(() => statSync(join(ROOT, path))).not.toThrow();
  });
});
