'use strict';
const { formatFiles } = require('@nx/devkit');
const { pascalCase } = require('../names.js');

const KINDS = ['contract', 'domain', 'feature'];
const WORDS = {
  contract: 'What the context publishes: events, schemas and types that other contexts may import.',
  domain: 'The decisions of the context. Pure: no clock, chance, network or environment.',
  feature: 'The use cases of the context over HTTP and the message bus, and its module.',
};

function project(name, projectType, root, scope, kind) {
  const up = root
    .split('/')
    .map(() => '..')
    .join('/');
  return {
    name,
    $schema: `${up}/node_modules/nx/schemas/project-schema.json`,
    projectType,
    sourceRoot: `${root}/src`,
    tags: [`scope:${scope}`, `kind:${kind}`],
  };
}

function addLibrary(tree, name, kind) {
  const root = `libs/${name}/${kind}`;
  const json = project(`${name}-${kind}`, 'library', root, name, kind);
  tree.write(`${root}/project.json`, JSON.stringify(json));
  tree.write(`${root}/README.md`, `# ${name} / ${kind}\n\n${WORDS[kind]}\n`);
  if (kind !== 'feature') tree.write(`${root}/src/index.ts`, 'export {};\n');
}

function addModule(tree, name) {
  const type = `${pascalCase(name)}Module`;
  const folder = `libs/${name}/feature/src`;
  tree.write(`${folder}/index.ts`, `export { ${type} } from './${name}.module';\n`);
  tree.write(
    `${folder}/${name}.module.ts`,
    `import { Module } from '@nestjs/common';

/** Table of contents of the context ${name}. */
@Module({
  controllers: [],
  providers: [],
})
export class ${type} {}
`,
  );
}

function addService(tree, name) {
  const type = `${pascalCase(name)}Module`;
  const root = `apps/${name}`;
  const json = project(`app-${name}`, 'application', root, name, 'app');
  tree.write(`${root}/project.json`, JSON.stringify(json));
  tree.write(
    `${root}/src/main.ts`,
    `import { ${type} } from '@encaisse/${name}/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('${name}', [${type}]);
`,
  );
}

/** The all-in-one process runs every context. */
function addToAllInOne(tree, name) {
  const path = 'apps/all-in-one/src/modules.ts';
  const text = tree.read(path, 'utf8');
  if (text === null) return;
  const type = `${pascalCase(name)}Module`;
  const imported = `import { ${type} } from '@encaisse/${name}/feature';\n${text}`;
  tree.write(path, imported.replace(/\n\];/, `\n  ${type},\n];`));
}

module.exports = async function context(tree, { name }) {
  if (tree.exists(`libs/${name}`)) throw new Error(`the context ${name} exists already`);
  for (const kind of KINDS) addLibrary(tree, name, kind);
  addModule(tree, name);
  addService(tree, name);
  addToAllInOne(tree, name);
  await formatFiles(tree);
};
