'use strict';
// Makes Product.startWhole start each service in its own process.
process.env.ENCAISSE_FORM = 'services';
