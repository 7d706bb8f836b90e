export { MerchantOnboardingModule } from './merchant-onboarding.module';
