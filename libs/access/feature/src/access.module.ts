import { Module, type OnModuleInit } from '@nestjs/common';
import { Projections } from '@encaisse/platform/projections';
import { AccessDirectory } from './access-directory';
import { FirstAccount } from './first-account/first-account';
import { ContactChanges } from './own-account/contact-changes';
import { ContactMessages } from './own-account/contact-messages';
import { OwnAccountController } from './own-account/own-account.controller';
import { PreferencesController } from './own-account/preferences.controller';
import { PasswordChanges } from './passwords/change-password';
import { CredentialMails } from './passwords/credential-mails';
import { FirstCredentials } from './passwords/first-credentials';
import { OneTimeLinkController } from './passwords/one-time-link.controller';
import { OneTimeLinks } from './passwords/one-time-links';
import { PasswordHashing } from './passwords/password-hashing';
import { Passwords } from './passwords/passwords';
import { PasswordsController } from './passwords/passwords.controller';
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
    SessionController,
    PasswordsController,
    OneTimeLinkController,
    TermsController,
    OwnAccountController,
    PreferencesController,
    UsersController,
  ],
  providers: [
    AccessDirectory,
    Accounts,
    ContactChanges,
    ContactMessages,
    CredentialMails,
    FirstAccount,
    FirstCredentials,
    OneTimeLinks,
    PasswordChanges,
    PasswordHashing,
    Passwords,
    SessionViews,
    SignIn,
    SignInThrottle,
    TermsOfUse,
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
