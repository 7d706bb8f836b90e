import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('merchant-onboarding', [MerchantOnboardingModule]);
