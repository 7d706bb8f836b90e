import { Module, type OnModuleInit } from '@nestjs/common';
import { Projections } from '@encaisse/platform/projections';
import { AccessDirectory } from './access-directory';
import { FirstAccount } from './first-account/first-account';
import { ContactChanges } from './own-account/contact-changes';
import { ContactMessages } from './own-account/contact-messages';
import { OwnAccountController } from './own-account/own-account.controller';
import { PreferencesController } from './own-account/preferences.controller';
import { ApiKeyQueries } from './api-keys/api-key-queries';
import { ApiKeys } from './api-keys/api-keys';
import { ApiKeysController } from './api-keys/api-keys.controller';
import { Challenges } from './factors/challenges';
import { Factors } from './factors/factors';
import { FactorsController } from './factors/factors.controller';
import { OwnFactors } from './factors/own-factors';
import { Passkeys } from './factors/passkeys';
import { ProofAttempts } from './factors/proof-attempts';
import { SecondFactor } from './factors/second-factor';
import { SecondFactorController } from './factors/second-factor.controller';
import { UserFactorsController } from './factors/user-factors.controller';
import { OauthController } from './oauth/oauth.controller';
import { TokenEndpoint } from './oauth/token-endpoint';
import { PasswordChanges } from './passwords/change-password';
import { CredentialMails } from './passwords/credential-mails';
import { FirstCredentials } from './passwords/first-credentials';
import { OneTimeLinkController } from './passwords/one-time-link.controller';
import { OneTimeLinks } from './passwords/one-time-links';
import { PasswordHashing } from './passwords/password-hashing';
import { Passwords } from './passwords/passwords';
import { PasswordsController } from './passwords/passwords.controller';
import { AccountLocks } from './sign-in/account-locks';
import { Accounts } from './sign-in/accounts';
import { SessionController } from './sign-in/session.controller';
import { SessionViews } from './sign-in/session-view';
import { SignIn } from './sign-in/sign-in';
import { SignInThrottle } from './sign-in/sign-in-throttle';
import { TermsController } from './terms/terms.controller';
import { TermsOfUse } from './terms/terms-of-use';
import { UserAccounts } from './users/user-accounts';
import { UserPersons } from './users/user-persons';
import { UserQueries } from './users/user-queries';
import { UsersController } from './users/users.controller';
import { usersProjection } from './users.projection';

/** Who gets in and what they may do: people, machines, and the record of what they did. */
@Module({
  controllers: [
    ApiKeysController,
    FactorsController,
    OauthController,
    OneTimeLinkController,
    OwnAccountController,
    PasswordsController,
    PreferencesController,
    SecondFactorController,
    SessionController,
    TermsController,
    UserFactorsController,
    UsersController,
  ],
  providers: [
    AccessDirectory,
    AccountLocks,
    Accounts,
    ApiKeyQueries,
    ApiKeys,
    Challenges,
    ContactChanges,
    ContactMessages,
    CredentialMails,
    FirstAccount,
    Factors,
    FirstCredentials,
    OneTimeLinks,
    OwnFactors,
    Passkeys,
    PasswordChanges,
    PasswordHashing,
    Passwords,
    ProofAttempts,
    SecondFactor,
    SessionViews,
    SignIn,
    SignInThrottle,
    TermsOfUse,
    TokenEndpoint,
    UserAccounts,
    UserPersons,
    UserQueries,
  ],
})
export class AccessModule implements OnModuleInit {
  constructor(private readonly projections: Projections) {}

  onModuleInit(): void {
    this.projections.register(usersProjection);
  }
}
