#!/usr/bin/env node
'use strict';
process.argv.splice(2, 0, `apps/${process.env.ENCAISSE_SERVICE ?? 'all-in-one'}/src/main`);
require('./run.js');
