'use strict';
const { formatFiles } = require('@nx/devkit');
const { camelCase, pascalCase, pastOf } = require('../names.js');
const templates = require('./templates.js');

/** The context whose domain library decides: the slice's own when it has one, else the ledger. */
function domainOf(tree, context, asked) {
  const domain = asked ?? (tree.exists(`libs/${context}/domain/project.json`) ? context : 'ledger');
  if (!tree.exists(`libs/${domain}/domain/project.json`))
    throw new Error(`there is no domain library libs/${domain}/domain`);
  return domain;
}

function namesOf(tree, { context, name, domain: askedDomain, event }) {
  const [verb, ...noun] = name.split('-');
  const stream = noun.join('-');
  return {
    context,
    name,
    domain: domainOf(tree, context, askedDomain),
    stream,
    Stream: pascalCase(stream),
    streamConstant: `${camelCase(stream)}Stream`,
    streamKey: `${camelCase(stream)}Id`,
    Command: pascalCase(name),
    decide: camelCase(name),
    Event: event ?? `${pascalCase(stream)}${pascalCase(pastOf(verb))}`,
  };
}

function addExport(tree, path, module) {
  const text = (tree.read(path, 'utf8') ?? '').replace(/^export \{\};\n/m, '');
  const line = `export * from '${module}';`;
  if (!text.includes(line)) tree.write(path, `${text}${line}\n`);
}

/** Adds a class to a list of the module, whatever the list holds so far. */
function withListed(text, list, type) {
  return text.replace(new RegExp(`(${list}: \\[)([^\\]]*)\\]`), (_all, open, inside) => {
    const listed = inside.trim().replace(/,$/, '');
    return `${open}${listed === '' ? type : `${listed}, ${type}`}]`;
  });
}

function addToModule(tree, { context, name, Command }) {
  const path = `libs/${context}/feature/src/${context}.module.ts`;
  const text = tree.read(path, 'utf8');
  if (text === null) throw new Error(`there is no module ${path}`);
  const imports =
    `import { ${Command}Controller } from './${name}/${name}.controller';\n` +
    `import { ${Command}Handler } from './${name}/${name}.handler';\n`;
  const listed = withListed(
    withListed(text, 'controllers', `${Command}Controller`),
    'providers',
    `${Command}Handler`,
  );
  tree.write(path, listed.replace(/\n(?=\/\*\*|@Module)/, `${imports}\n`));
}

module.exports = async function slice(tree, options) {
  const names = namesOf(tree, options);
  const { context, name, domain, stream } = names;
  const feature = `libs/${context}/feature/src/${name}`;
  if (tree.exists(feature)) throw new Error(`the use case ${feature} exists already`);

  const decisions = `libs/${domain}/domain/src`;
  const isNewStream = !tree.exists(`${decisions}/${stream}/${stream}.ts`);
  if (isNewStream) {
    tree.write(`${decisions}/${stream}/${stream}-events.ts`, templates.events(names));
    tree.write(`${decisions}/${stream}/${stream}.ts`, templates.stream(names));
    tree.write(`${decisions}/${stream}/history/${names.Event}.v1.json`, templates.history(names));
    addExport(tree, `${decisions}/index.ts`, `./${stream}/${stream}`);
  }
  tree.write(`${decisions}/${stream}/${name}.ts`, templates.decision(names));
  tree.write(`${decisions}/${stream}/${name}.unit.spec.ts`, templates.spec(names));
  addExport(tree, `${decisions}/index.ts`, `./${stream}/${name}`);
  tree.write(`${feature}/${name}.handler.ts`, templates.handler(names));
  tree.write(`${feature}/${name}.controller.ts`, templates.controller(names));
  addToModule(tree, names);
  await formatFiles(tree);
  return () => process.stdout.write(templates.nextSteps(names, isNewStream));
};
