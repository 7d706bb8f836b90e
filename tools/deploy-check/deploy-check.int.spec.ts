import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const BINARY = join(ROOT, '.cache', 'deploy-check', 'deploy-check');
const CHART = 'deploy/helm/encaisse';
const BUILD_MILLIS = 600_000;

const hasGo = spawnSync('go', ['version']).status === 0;

function check(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(BINARY, words, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, TOKEN_KEY: 'a key', POSTGRES_PASSWORD: 'a password' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

function files(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`);
}

const describeWithGo = hasGo ? describe : describe.skip;

describeWithGo('What deploys the product is sound to the libraries of the field (needs Go)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-deploy-'));
  const planted = (name: string, source: string, from: string, to: string): string => {
    const text = readFileSync(join(ROOT, source), 'utf8');
    if (!text.includes(from)) throw new Error(`${source} does not hold ${from}`);
    const file = join(folder, name);
    writeFileSync(file, text.replace(from, to));
    return file;
  };

  beforeAll(() => {
    mkdirSync(join(BINARY, '..'), { recursive: true });
    execFileSync('go', ['build', '-o', BINARY, '.'], {
      cwd: __dirname,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
    });
  }, BUILD_MILLIS);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('docker-compose.yml fits the specification and holds every service', () => {
    const services = check('compose', 'docker-compose.yml').split(' ').slice(3);
    const apps = readdirSync(join(ROOT, 'apps')).filter(
      (name) => !['all-in-one', 'encaisse'].includes(name),
    );
    expect(services).toEqual(expect.arrayContaining([...apps, 'gateway', 'postgres', 'kafka']));
  });

  it.each([
    ['a key the specification does not have', 'read_only: true', 'reed_only: true'],
    ['a volume nobody declares', "volumes: ['kafka:/", "volumes: ['kafkaa:/"],
    [
      'a dependency on nothing',
      'kafka: { condition: service_healthy }',
      'kafkaa: { condition: service_healthy }',
    ],
  ])('the check of docker-compose.yml sees %s', (_what, from, to) => {
    const file = planted('docker-compose.yml', 'docker-compose.yml', from, to);
    expect(() => check('compose', file)).toThrow();
  });

  it('the chart passes the linter and renders to manifests of the Kubernetes API', () => {
    const told = check('chart', CHART, ...files(`${CHART}/ci`, '.yaml'));
    expect(told).toContain('8 Deployment');
    expect(told.match(/refused, /g)).toHaveLength(2);
  });

  it.each([
    ['a field no type has', 'templates/services.yaml', 'minReplicas:', 'leastReplicas:'],
    [
      'a selector that selects nothing',
      'templates/gateway.yaml',
      'matchLabels: {{- include "encaisse.selector" $component | nindent 6 }}',
      'matchLabels: { app: gate }',
    ],
    ['a pod that may be root', 'templates/_parts.tpl', 'runAsNonRoot: true', 'runAsNonRoot: false'],
    [
      'a file system that can be written',
      'templates/_parts.tpl',
      'readOnlyRootFilesystem: true',
      'readOnlyRootFilesystem: false',
    ],
    [
      'a template that does not close',
      'templates/files.yaml',
      '{{- end }}\n  resources',
      '\n  resources',
    ],
    [
      'a mount without its volume',
      'templates/_parts.tpl',
      '- name: temporary\n',
      '- name: temporry\n',
    ],
  ])('the check of the chart sees %s', (_what, template, from, to) => {
    const copy = join(folder, `chart-${Math.abs(from.length * 31 + to.length)}`, 'encaisse');
    execFileSync('cp', ['-r', join(ROOT, CHART), join(copy, '..')], {
      cwd: (mkdirSync(join(copy, '..')), folder),
    });
    const file = join(copy, template);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
    expect(() => check('chart', copy, `${CHART}/ci/operators-values.yaml`)).toThrow();
  });

  it('the manifests beside the chart are well formed', () => {
    const told = check('manifests', ...files('deploy/kubernetes', '.yaml'));
    expect(told).toContain('1 Cluster (fields not checked)');
    expect(told).toContain('1 Secret');
  });

  it('Prometheus reads the alert rules, and every query of the dashboards', () => {
    expect(check('rules', `${CHART}/files/alerts.yml`)).toContain('9 rules');
    expect(check('dashboards', ...files(`${CHART}/files/dashboards`, '.json'))).toContain(
      'queries',
    );
    const rule = planted(
      'alerts.yml',
      `${CHART}/files/alerts.yml`,
      'max(encaisse_relay',
      'max((encaisse_relay',
    );
    expect(() => check('rules', rule)).toThrow();
    const board = planted(
      'board.json',
      `${CHART}/files/dashboards/operations.json`,
      'max by (group)',
      'max by group)',
    );
    expect(() => check('dashboards', board)).toThrow();
  });
});
