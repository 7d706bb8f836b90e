export { MerchantOnboardingModule } from './merchant-onboarding.module';
export { HmacVerifier, type Verification } from './hmac-keys/hmac-verifier';
