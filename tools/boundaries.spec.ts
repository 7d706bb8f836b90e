import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ALLOWED, FORBIDDEN } from './boundaries/planted';

type Finding = { readonly rule: string | null; readonly message: string };
type Answer = {
  readonly findings: readonly (readonly Finding[])[];
  readonly sourceTags: readonly string[];
};

/** Tools may read every library: their row refuses nothing. */
const WITHOUT_REFUSAL = ['kind:tool'];
const BOUNDARY_RULES = /^(@nx\/enforce-module-boundaries|no-restricted-.*)$/;

function lint(planted: readonly { readonly file: string; readonly text: string }[]): Answer {
  const answer = execFileSync(
    process.execPath,
    [join(__dirname, 'boundaries', 'lint-planted.js')],
    { input: JSON.stringify(planted), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(answer) as Answer;
}

describe('Boundaries between libraries', () => {
  let answer: Answer;
  beforeAll(() => {
    const allowed = ALLOWED.map(([, file, module]) => ({
      file,
      text: `import * as seen from '${module}';\nexport const planted = seen;\n`,
    }));
    answer = lint([...FORBIDDEN, ...allowed]);
  }, 240_000);

  it.each(FORBIDDEN.map((row, index) => [row.title, index] as const))(
    'refuse %s',
    (_title, index) => {
      const { rule, says } = FORBIDDEN[index]!;
      expect(answer.findings[index]).toContainEqual({ rule, message: expect.stringMatching(says) });
    },
  );

  it.each(ALLOWED.map(([title], index) => [title, index] as const))('allow %s', (_title, index) => {
    const findings = answer.findings[FORBIDDEN.length + index] ?? [];
    expect(findings.filter(({ rule }) => rule !== null && BOUNDARY_RULES.test(rule))).toEqual([]);
  });

  it('are broken once for every row of the table', () => {
    const said = answer.findings.flat().map(({ message }) => message);
    const unbroken = answer.sourceTags.filter(
      (tag) => !said.some((message) => message.includes(`"${tag}"`)),
    );
    expect(unbroken).toEqual(WITHOUT_REFUSAL);
  });
});
