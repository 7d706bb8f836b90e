import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { MessagesModule } from '@encaisse/messages/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('merchant-onboarding', [MerchantOnboardingModule, MessagesModule]);
