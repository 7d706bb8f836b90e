import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '@encaisse/platform/postgres';
import { Projections } from '@encaisse/platform/projections';
import { LongJobs } from '@encaisse/platform/runtime';
import { Keyring, PersonVault } from '@encaisse/platform/security';
import { ActionQueries } from './actions/action-queries';
import { ActionsController } from './actions/actions.controller';
import { actionsProjection } from './actions/actions.projection';
import { BackofficeDirectory } from './backoffice-directory';
import { ContractActivities } from './contracts/contract-activity';
import { ContractReadingsController } from './contracts/contract-readings.controller';
import { ExportExpiry } from './export-jobs/export-expiry';
import { ExportFiles } from './export-jobs/export-files';
import { ExportMails } from './export-jobs/export-mails';
import { ExportQueries } from './export-jobs/export-queries';
import { ExportRequests } from './export-jobs/export-requests';
import { ExportWorker } from './export-jobs/export-worker';
import { ExportsController } from './export-jobs/exports.controller';
import { ExportSources } from './export/export-sources';
import { TransactionExportController } from './export/transaction-export.controller';
import { journalProjection } from './journal/journal.projection';
import { MonthUpkeep } from './journal/month-upkeep';
import { MassOperationQueries } from './mass-operations/mass-operation-queries';
import { MassOperationRequests } from './mass-operations/mass-operation-requests';
import { MassOperationsController } from './mass-operations/mass-operations.controller';
import { MassSelection } from './mass-operations/mass-selection';
import { MessageQueries } from './messages/message-queries';
import { MessagesController } from './messages/messages.controller';
import { RemittanceQueries } from './remittances/remittance-queries';
import { RemittancesController } from './remittances/remittances.controller';
import { remittancesProjection } from './remittances/remittances.projection';
import { StatisticsController } from './statistics/statistics.controller';
import { StatisticsQueries } from './statistics/statistics-queries';
import { TransactionQueries } from './transactions/transaction-queries';
import { TransactionsController } from './transactions/transactions.controller';

/** What the portal and bank integrations read: the journal, figures, remittances and exports. */
@Module({
  controllers: [
    TransactionExportController,
    TransactionsController,
    StatisticsController,
    RemittancesController,
    ContractReadingsController,
    MassOperationsController,
    ActionsController,
    MessagesController,
    ExportsController,
  ],
  providers: [
    BackofficeDirectory,
    ExportSources,
    ExportFiles,
    ExportMails,
    ExportQueries,
    ExportRequests,
    ExportWorker,
    ExportExpiry,
    {
      provide: LongJobs,
      inject: [Database, Keyring],
      useFactory: (database: Database, keyring: Keyring) => new LongJobs(database, keyring),
    },
    TransactionQueries,
    StatisticsQueries,
    RemittanceQueries,
    ContractActivities,
    MassSelection,
    MassOperationRequests,
    MassOperationQueries,
    ActionQueries,
    MessageQueries,
    MonthUpkeep,
  ],
})
export class BackofficeModule implements OnModuleInit {
  constructor(
    private readonly projections: Projections,
    private readonly persons: PersonVault,
  ) {}

  onModuleInit(): void {
    this.projections.register(journalProjection(this.persons));
    this.projections.register(remittancesProjection);
    this.projections.register(actionsProjection(this.persons));
  }
}
