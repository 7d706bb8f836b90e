'use strict';
const { default: Sequencer } = require('@jest/test-sequencer');

/** What starts whole products comes first: begun last, the longest of them would keep one core waiting. */
const TIERS = ['e2e', 'services', 'int', 'unit'];

const tierOf = ({ context }) => TIERS.indexOf(context.config.displayName?.name);

/** Jest's own order within each tier: by what a file took the last time, by its size where that is unknown. */
module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => tierOf(one) - tierOf(other));
  }
};
