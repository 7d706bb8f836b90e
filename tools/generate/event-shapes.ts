import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A field of an event as its type declares it. */
export type Field = { readonly name: string; readonly type: string; readonly meaning: string };
export type EventShape = { readonly meaning: string; readonly fields: readonly Field[] };

const FORMAT = ts.TypeFormatFlags.NoTruncation;

function eventFiles(root: string): string[] {
  const files = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /(domain|contract)\/src\/.*-events\.ts$/.test(file.replaceAll('\\', '/')))
    .map((file) => join(root, 'libs', file))
    .sort();
}

function programOf(root: string): ts.Program {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  return ts.createProgram(eventFiles(root), { ...options, noEmit: true, types: [] });
}

function oneLine(parts: readonly ts.SymbolDisplayPart[]): string {
  return ts
    .displayPartsToString([...parts])
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** A short choice is told in full, anything else by the name its author gave it. */
function typeOf(checker: ts.TypeChecker, property: ts.Symbol, place: ts.Node): string {
  const whole = checker
    .typeToString(checker.getTypeOfSymbolAtLocation(property, place), place, FORMAT)
    // A name that the place does not import is told without the file it comes from.
    .replaceAll(/import\("[^"]+"\)\./g, '');
  const [declaration] = property.declarations ?? [];
  const isNamed = declaration !== undefined && ts.isPropertySignature(declaration);
  const written = isNamed ? declaration.type?.getText().replaceAll(/\s+/g, ' ') : undefined;
  const isShortChoice = whole.includes('"') && whole.length <= 120;
  return isShortChoice ? whole : (written ?? whole);
}

function fieldsOf(checker: ts.TypeChecker, alias: ts.TypeAliasDeclaration): Field[] {
  const data = checker.getTypeAtLocation(alias).getProperty('data');
  if (data === undefined) return [];
  const type = checker.getTypeOfSymbolAtLocation(data, alias);
  return type.getProperties().map((property) => ({
    name: property.getName(),
    type: typeOf(checker, property, alias),
    meaning: oneLine(property.getDocumentationComment(checker)),
  }));
}

/** The fields and the meaning of every event type that a `*-events.ts` file declares, by type name. */
export function eventShapes(root: string): ReadonlyMap<string, EventShape> {
  const program = programOf(root);
  const checker = program.getTypeChecker();
  const shapes = new Map<string, EventShape>();
  for (const source of program.getSourceFiles()) {
    if (!source.fileName.endsWith('-events.ts')) continue;
    for (const statement of source.statements) {
      if (!ts.isTypeAliasDeclaration(statement)) continue;
      const symbol = checker.getSymbolAtLocation(statement.name);
      const meaning = oneLine(symbol?.getDocumentationComment(checker) ?? []);
      shapes.set(statement.name.text, { meaning, fields: fieldsOf(checker, statement) });
    }
  }
  return shapes;
}
