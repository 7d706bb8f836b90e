import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { wholeFrom1 } from '../command-line/numbers';
import { type FuzzedCaller, FuzzedProduct } from './fuzzed-product';
import { schemathesis } from './python-parts';

type Options = { readonly examples: number; readonly seed: number; readonly as?: string };

const ROOT = process.cwd();
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
  'use_after_free',
  'negative_data_rejection',
].join(',');
/** What plays the outside; what would end or stop the session that calls. */
const LEFT_OUT = '^/(dev|simulator)/|^/api/v1/(session|me/password|terms)$';
/**
 * One thread draws and calls. CPython 3.11 before 3.11.8 counts the depth of the trees it parses for all threads together
 * (cpython issue 106905), so that two that draw at once fail of it now and then; and they share one core anyhow.
 */
const WORKERS = 1;

/** In a short run the fixed cases of the coverage phase are asked by these alone, the rest by everybody. */
const THOROUGH = ['MANAGER', 'token of the root'];
const SHORT = 2;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Whether nothing was found on behalf of a caller. */
function fuzzAs(
  caller: FuzzedCaller,
  program: string,
  url: string,
  { examples, seed }: Options,
): boolean {
  const started = Date.now();
  const hasCoverage = examples > SHORT || THOROUGH.includes(caller.name);
  const phases = ['examples', ...(hasCoverage ? ['coverage'] : []), 'fuzzing', 'stateful'];
  const reports = join(ROOT, '.test-results', 'fuzz');
  mkdirSync(reports, { recursive: true });
  const { status, stdout } = spawnSync(
    program,
    [
      ...['run', `${url}/api/openapi.json`, '--phases', phases.join(',')],
      ...['--mode', 'all', '--checks', CHECKS, '--exclude-path-regex', LEFT_OUT],
      ...(caller.name.startsWith('token') ? ['--exclude-checks', 'ignored_auth'] : []),
      ...['-n', String(examples), '--seed', String(seed), '--warnings', 'off'],
      ...['--workers', String(WORKERS)],
      ...['--generation-database', 'none', '--suppress-health-check', 'all', '--no-color'],
      ...['--request-timeout', '15'],
      ...['--report', 'junit', '--report-junit-path', join(reports, `${fileName(caller)}.xml`)],
      ...Object.entries(caller.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ],
    {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      cwd: reports,
      env: {
        ...process.env,
        PYTHONPATH: join(ROOT, 'tools', 'fuzz'),
        PYTHONDONTWRITEBYTECODE: '1',
        SCHEMATHESIS_HOOKS: 'hooks',
      },
    },
  );
  const seconds = Math.round((Date.now() - started) / 1000);
  const cases = /(\d+) generated/.exec(stdout)?.[1] ?? '?';
  const isSound = status === 0;
  if (!isSound) say(stdout);
  say(`${caller.name}: ${cases} requests in ${seconds} s, ${isSound ? 'nothing found' : 'FOUND'}`);
  return isSound;
}

const fileName = ({ name }: FuzzedCaller) => name.toLowerCase().replace(/\W+/g, '-');

async function main(options: Options): Promise<number> {
  const parts = schemathesis(ROOT);
  if ('lack' in parts) {
    say(`API fuzz: skipped for want of ${parts.lack}`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const product = await FuzzedProduct.start(ROOT);
  try {
    const wanted = product.callers.filter(
      ({ name }) => options.as === undefined || name === options.as,
    );
    let found = 0;
    for (const caller of wanted)
      if (!fuzzAs(caller, parts.program, product.url, options)) found += 1;
    if (found > 0) say(product.complaints.slice(-20_000));
    say(
      `API fuzz: ${wanted.length} callers, ${found} with findings; again with --seed ${options.seed}`,
    );
    return found > 0 ? 1 : 0;
  } finally {
    await product.stop();
  }
}

const program = new Command('fuzz')
  .description('Calls the API with all that its description allows, and all that it does not.')
  .option('--examples <count>', 'requests of each kind for each route', wholeFrom1, SHORT)
  .option('--seed <number>', 'of everything that is drawn', wholeFrom1, 1)
  .option('--as <name>', 'on behalf of one caller alone: a profile, « nobody », …');

program.parse();
main(program.opts<Options>()).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  },
);
