export * from './card-number';
export * from './card-vault';
export { commitmentOf, contentFingerprint } from './fingerprints';
export { Keyring, MasterKeyRefused, type SealedValue } from './keyring';
export * from './person-vault';
export { PostgresCardVault } from './postgres-card-vault';
export { PostgresPersonVault } from './postgres-person-vault';
export { SealBroken } from './sealing';
export { SecurityTables } from './security-migrations';
