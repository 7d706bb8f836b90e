import { AUTHORIZATION_MUTANTS } from './mutants/authorization';
import { KAFKA_MUTANTS } from './mutants/kafka';
import { LEDGER_MUTANTS } from './mutants/ledger';
import type { Mutant } from './mutants/mutant';
import { PLATFORM_MUTANTS } from './mutants/platform';
import { REMITTANCE_MUTANTS } from './mutants/remittance';

export type { Mutant } from './mutants/mutant';

/** Every planted fault. Each must be found, and a patch that no longer fits is an error. */
export const MUTANTS: readonly Mutant[] = [
  ...LEDGER_MUTANTS,
  ...AUTHORIZATION_MUTANTS,
  ...REMITTANCE_MUTANTS,
  ...PLATFORM_MUTANTS,
  ...KAFKA_MUTANTS,
];
