import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import ts from 'typescript';

type Generator = (tree: Tree, options: Readonly<Record<string, string>>) => Promise<unknown>;

const load = createRequire(__filename);
const generateContext = load('./context/context.js') as Generator;
const generateSlice = load('./slice/slice.js') as Generator;
const ROOT = join(__dirname, '..', '..');
const MODULES = 'apps/all-in-one/src/modules.ts';

function workspace(): Tree {
  const tree = createTreeWithEmptyWorkspace();
  tree.write('.prettierrc.json', readFileSync(join(ROOT, '.prettierrc.json'), 'utf8'));
  tree.write(MODULES, readFileSync(join(ROOT, MODULES), 'utf8'));
  return tree;
}

function written(tree: Tree): string[] {
  return tree
    .listChanges()
    .map(({ path }) => path)
    .filter((path) => /^(apps|libs)\//.test(path))
    .sort();
}

/** What the compiler says of the files of a tree, laid over the real repository. */
function mistakes(tree: Tree): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const overlay = new Map(
    written(tree).map((path) => [join(ROOT, path), tree.read(path, 'utf8') ?? '']),
  );
  const folders = [...overlay.keys()].map((path) => join(path, '..'));
  const disk = ts.createCompilerHost({ ...options, noEmit: true });
  const host: ts.CompilerHost = {
    ...disk,
    directoryExists: (path) =>
      existsSync(path) || folders.some((folder) => folder.startsWith(path)),
    fileExists: (path) => overlay.has(path) || disk.fileExists(path),
    readFile: (path) => overlay.get(path) ?? disk.readFile(path),
    getSourceFile: (path, version) => {
      const text = overlay.get(path);
      return text === undefined
        ? disk.getSourceFile(path, version)
        : ts.createSourceFile(path, text, version);
    },
  };
  const files = [...overlay.keys()].filter((path) => path.endsWith('.ts'));
  const program = ts.createProgram(files, { ...options, noEmit: true }, host);
  return files
    .map((path) => program.getSourceFile(path))
    .flatMap((source) => [
      ...program.getSemanticDiagnostics(source),
      ...program.getSyntacticDiagnostics(source),
    ])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('Generators', () => {
  // The formatter is an ES module, which Jest does not load; the layout of files is not under test.
  beforeAll(() => {
    process.env['NX_SKIP_FORMAT'] = 'true';
  });
  afterAll(() => {
    delete process.env['NX_SKIP_FORMAT'];
  });

  it('lay out a context that the whole product runs', async () => {
    const tree = workspace();
    await generateContext(tree, { name: 'loyalty' });
    expect(written(tree)).toEqual([
      MODULES,
      'apps/loyalty/project.json',
      'apps/loyalty/src/main.ts',
      'libs/loyalty/contract/README.md',
      'libs/loyalty/contract/project.json',
      'libs/loyalty/contract/src/index.ts',
      'libs/loyalty/domain/README.md',
      'libs/loyalty/domain/project.json',
      'libs/loyalty/domain/src/index.ts',
      'libs/loyalty/feature/README.md',
      'libs/loyalty/feature/project.json',
      'libs/loyalty/feature/src/index.ts',
      'libs/loyalty/feature/src/loyalty.module.ts',
    ]);
    expect(JSON.parse(tree.read('libs/loyalty/domain/project.json', 'utf8') ?? '')).toMatchObject({
      name: 'loyalty-domain',
      tags: ['scope:loyalty', 'kind:domain'],
    });
    expect(tree.read(MODULES, 'utf8')).toMatch(/ {2}LoyaltyModule,\n\];/);
  });

  it('lay out a use case that compiles, in a context of its own', async () => {
    const tree = workspace();
    await generateContext(tree, { name: 'loyalty' });
    await generateSlice(tree, { context: 'loyalty', name: 'grant-voucher' });
    const decisions = 'libs/loyalty/domain/src';
    expect(written(tree).filter((path) => path.includes('voucher'))).toEqual([
      `${decisions}/voucher/grant-voucher.ts`,
      `${decisions}/voucher/grant-voucher.unit.spec.ts`,
      `${decisions}/voucher/history/VoucherGranted.v1.json`,
      `${decisions}/voucher/voucher-events.ts`,
      `${decisions}/voucher/voucher.ts`,
      'libs/loyalty/feature/src/grant-voucher/grant-voucher.controller.ts',
      'libs/loyalty/feature/src/grant-voucher/grant-voucher.handler.ts',
    ]);
    expect(tree.read(`${decisions}/index.ts`, 'utf8')).toBe(
      "export * from './voucher/voucher';\nexport * from './voucher/grant-voucher';\n",
    );
    const module = tree.read('libs/loyalty/feature/src/loyalty.module.ts', 'utf8');
    expect(module).toContain('controllers: [GrantVoucherController]');
    expect(module).toContain('providers: [GrantVoucherHandler]');
    expect(mistakes(tree)).toEqual([]);
  });

  it('add a use case to a context that has some, deciding in the ledger', async () => {
    const tree = workspace();
    for (const path of [
      'libs/ledger/domain/project.json',
      'libs/ledger/domain/src/index.ts',
      'libs/cashdesk/feature/src/cashdesk.module.ts',
    ])
      tree.write(path, readFileSync(join(ROOT, path), 'utf8'));
    await generateSlice(tree, {
      context: 'cashdesk',
      name: 'hand-over-receipt',
      event: 'ReceiptHanded',
    });
    const module = tree.read('libs/cashdesk/feature/src/cashdesk.module.ts', 'utf8');
    expect(module).toMatch(/OperationsController,\s+HandOverReceiptController,?\s*\]/);
    expect(module).toMatch(/,\s+HandOverReceiptHandler,?\s*\]/);
    expect(
      tree.read('libs/ledger/domain/src/over-receipt/over-receipt-events.ts', 'utf8'),
    ).toContain("type: 'ReceiptHanded'");
    expect(mistakes(tree)).toEqual([]);
  });

  it('refuse to lay a context or a use case over one that exists', async () => {
    const tree = workspace();
    await generateContext(tree, { name: 'loyalty' });
    await expect(generateContext(tree, { name: 'loyalty' })).rejects.toThrow('exists already');
    await generateSlice(tree, { context: 'loyalty', name: 'grant-voucher' });
    await expect(
      generateSlice(tree, { context: 'loyalty', name: 'grant-voucher' }),
    ).rejects.toThrow('exists already');
  });
});
