import { AuthorizationModule } from '@encaisse/authorization/feature';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import type { ServiceModule } from '@encaisse/platform/runtime';
import { ReconciliationModule } from '@encaisse/reconciliation/feature';
import { RemittanceModule } from '@encaisse/remittance/feature';
import { SchedulerModule } from '@encaisse/scheduler/feature';

/** Every context with read models or consumers: what `rebuild` and `parked replay` can name. */
export const MODULES: readonly ServiceModule[] = [
  MerchantOnboardingModule,
  AuthorizationModule,
  CashdeskModule,
  RemittanceModule,
  BackofficeModule,
  SchedulerModule,
  ReconciliationModule,
];
