import { readdirSync, existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { problemGroups, streamTypes } from './catalogue/catalogue';
import { BANNED_CALLS, BANNED_TEXTS } from './tidy/banned';
import { reachable } from './tidy/reachability';
import {
  firstLevelHeadings,
  isSpec,
  isText,
  linesMatching,
  ROOT,
  sizeOf,
  textOf,
  workspaceFiles,
} from './tidy/workspace-files';

const MEBIBYTE = 1024 * 1024;
const FILES = workspaceFiles();
const TEXTS = FILES.filter(isText);
const DOCUMENTS = FILES.filter((path) => path.endsWith('.md'));
const PROJECTS = FILES.filter((path) => /^(apps|libs)\/.*project\.json$/.test(path));
const CODE = FILES.filter((path) => /^(apps|libs|tools)\/.*\.[jt]s$/.test(path));
const PRODUCT_CODE = CODE.filter((path) => /^(apps|libs)\//.test(path) && !isSpec(path));

type Project = { readonly tags?: readonly string[] };
type Package = { readonly scripts: Readonly<Record<string, string>> };

function tagsOf(path: string, prefix: string): string[] {
  const { tags = [] } = JSON.parse(textOf(path)) as Project;
  return tags.filter((tag) => tag.startsWith(prefix));
}

describe('Documents', () => {
  it.each(DOCUMENTS)('%s has one title', (path) => {
    expect(firstLevelHeadings(textOf(path))).toHaveLength(1);
  });

  it('have links that lead somewhere', () => {
    const dead = DOCUMENTS.flatMap((path) =>
      [...textOf(path).matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)[^)]*\)/g)]
        .map(([, target = '']) => posix.join(posix.dirname(path), target))
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${path} -> ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it('name only scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as Package;
    const named = DOCUMENTS.filter((path) => !path.startsWith('docs/spec/')).flatMap((path) =>
      [...textOf(path).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name),
    );
    expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('Files', () => {
  it('are smaller than one mebibyte', () => {
    expect(FILES.filter((path) => sizeOf(path) > MEBIBYTE)).toEqual([]);
  });

  it('are imported by somebody, or are where a program or a test begins', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as Package;
    const entries = Object.values(scripts).flatMap((script) =>
      [...script.matchAll(/tools\/[\w/-]+/g)].map(([path]) => path),
    );
    const isEntry = (path: string) =>
      isSpec(path) ||
      // The compiler alone reads what a package leaves undeclared.
      path.endsWith('.d.ts') ||
      /^(apps\/[^/]+\/src\/main|libs\/[^/]+\/contract\/src\/index)\.ts$/.test(path) ||
      /^tools\/bin\//.test(path);
    const roots = CODE.filter(
      (path) => isEntry(path) || entries.includes(path.replace(/\.[jt]s$/, '')),
    );
    const named = ['jest.config.js', 'tools/generators/generators.json'].filter((path) =>
      existsSync(join(ROOT, path)),
    );
    const reached = reachable([...CODE, ...named], [...roots, ...named]);
    expect(CODE.filter((path) => !reached.has(path))).toEqual([]);
  });

  it('of the lock file name no address to load them from', () => {
    expect(textOf('package-lock.json')).not.toContain('"resolved"');
    expect(textOf('.npmrc')).toContain('omit-lockfile-registry-resolved=true');
  });
});

describe('Projects', () => {
  it.each(PROJECTS)('%s has one kind and one scope', (path) => {
    expect([tagsOf(path, 'kind:').length, tagsOf(path, 'scope:').length]).toEqual([1, 1]);
  });

  const libraries = PROJECTS.filter((path) => path.startsWith('libs/')).map((path) =>
    dirname(path),
  );

  it.each(libraries)('%s tells in a README what it is for', (path) => {
    const readme = `${path}/README.md`;
    expect(existsSync(join(ROOT, readme)) && firstLevelHeadings(textOf(readme)).length).toBe(1);
  });
});

describe('Texts', () => {
  it.each(BANNED_TEXTS.map((row) => [row.what, row.instead, row] as const))(
    'hold nowhere %s: write %s',
    (_what, _instead, { pattern }) => {
      const elsewhere = TEXTS.filter((path) => !path.startsWith('docs/spec/'));
      expect(linesMatching(elsewhere, pattern)).toEqual([]);
    },
  );

  it.each(BANNED_CALLS.map((row) => [row.what, row.instead, row] as const))(
    'of the product avoid %s: use %s',
    (_what, _instead, { pattern }) => {
      expect(linesMatching(PRODUCT_CODE, pattern)).toEqual([]);
    },
  );

  it('of specs leave no test out: a test is skipped only where its part is missing', () => {
    const left =
      /\b(it|test|describe)\.(only\b|(skip|todo)(\.each)?\s*\()|\b(xit|fit|xtest|xdescribe|fdescribe)\(/;
    expect(linesMatching(CODE.filter(isSpec), left)).toEqual([]);
  });
});

describe('Events', () => {
  const events = streamTypes().flatMap(({ context, category, schemaVersions }) =>
    Object.entries(schemaVersions).map(
      ([type, version]) => [context, category, type, version] as const,
    ),
  );
  const historyOf = (context: string) =>
    readdirSync(join(ROOT, 'libs', context, 'domain'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /history[\\/][^\\/]+\.json$/.test(path))
      .map((path) => path.replace(/^.*[\\/]/, ''));

  it.each(events)(
    '%s: %s keeps one example of each version of %s',
    (context, _c, type, version) => {
      const examples = historyOf(context).filter((name) => name.startsWith(`${type}.v`));
      const expected = Array.from({ length: version }, (_, index) => `${type}.v${index + 1}.json`);
      expect(examples.sort()).toEqual(expected);
    },
  );

  it('are told in the state model', () => {
    const [, model = ''] = textOf('docs/spec/state-model.md').split('## 13. Events');
    const untold = events
      .map(([, , type]) => type)
      .filter((type) => !model.includes(`\`${type}\``));
    expect(untold).toEqual([]);
  });
});

describe('Problems', () => {
  const codes = problemGroups().flatMap(({ problems }) => problems.map(([code]) => code));

  it('have each their heading in docs/errors.md', () => {
    const headings = [...textOf('docs/errors.md').matchAll(/^### (\S+)$/gm)].map(
      ([, code]) => code,
    );
    expect([...headings].sort()).toEqual([...codes].sort());
  });
});

describe('Glossary', () => {
  const rows = existsSync(join(ROOT, 'docs/glossary.md'))
    ? textOf('docs/glossary.md')
        .split('\n')
        .filter((line) => line.startsWith('| ') && line.includes('`'))
    : [];
  const code = PRODUCT_CODE.map(textOf).join('\n');

  it('has terms', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it('names symbols that the code has', () => {
    const symbols = rows.flatMap((row) =>
      [...row.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    const absent = symbols.filter((symbol) => !new RegExp(`\\b${symbol}\\b`).test(code));
    expect(absent).toEqual([]);
  });
});
