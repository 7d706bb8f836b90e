#!/usr/bin/env node
'use strict';
// The operator's and auditor's command line: `npx encaisse …`.
process.argv.splice(2, 0, 'apps/encaisse/src/main');
require('./run.js');
