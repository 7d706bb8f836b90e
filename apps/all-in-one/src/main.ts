import { AcquirerSimulatorModule } from '@encaisse/acquirer-simulator/feature';
import { AuthorizationModule } from '@encaisse/authorization/feature';
import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { runService } from '@encaisse/platform/runtime';
import { ReconciliationModule } from '@encaisse/reconciliation/feature';
import { SchedulerModule } from '@encaisse/scheduler/feature';

void runService('all-in-one', [
  AcquirerSimulatorModule,
  MerchantOnboardingModule,
  AuthorizationModule,
  CashdeskModule,
  SchedulerModule,
  ReconciliationModule,
]);
