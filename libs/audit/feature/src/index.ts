export { type BackupReport, writeBackup } from './backup/write-backup';
export { type RestoreReport, restoreBackup } from './backup/restore-backup';
export { CommandRefused, type Progress } from './command-refused';
export { type DatabaseAddress, openDatabaseAddress } from './database-address';
export { EventsModule } from './events/events.module';
export { type DevelopmentTokenRequest, issueDevelopmentToken } from './development-token';
export { AUDIT_STORE_NEEDS } from './store-needs';
export { type InstallationStatus, readStatus } from './status/installation-status';
export { type LogVerdict, verifyLog } from './verify/verify-log';
