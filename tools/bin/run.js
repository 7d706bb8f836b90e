#!/usr/bin/env node
'use strict';
// Builds what changed, then runs one compiled entry: `node tools/bin/run.js tools/demo/main --trade FILE`.
require('../build/build.js').build();
const { join } = require('node:path');
const [entry, ...rest] = process.argv.slice(2);
process.argv = [process.argv[0], entry, ...rest];
require('node:process').setSourceMapsEnabled(true);
require(join(__dirname, '..', '..', 'dist', `${entry}.js`));
