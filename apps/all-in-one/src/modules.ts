import { AccessModule } from '@encaisse/access/feature';
import { AcquirerSimulatorModule } from '@encaisse/acquirer-simulator/feature';
import { EventsModule } from '@encaisse/audit/feature';
import { AuthorizationModule } from '@encaisse/authorization/feature';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { MailSinkModule } from '@encaisse/mail-sink/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { MessagesModule } from '@encaisse/messages/feature';
import { ReconciliationModule } from '@encaisse/reconciliation/feature';
import { RemittanceModule } from '@encaisse/remittance/feature';
import { SchedulerModule } from '@encaisse/scheduler/feature';

/** Every context, with the counterparts of acquirer and mail server, in one process. */
export const ALL_MODULES = [
  AcquirerSimulatorModule,
  MailSinkModule,
  MerchantOnboardingModule,
  AuthorizationModule,
  CashdeskModule,
  RemittanceModule,
  AccessModule,
  BackofficeModule,
  EventsModule,
  SchedulerModule,
  ReconciliationModule,
  MessagesModule,
];
