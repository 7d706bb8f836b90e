import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { USER_LANGUAGES, type UserLanguage } from '@encaisse/access/contract';
import { changeOwnData, userStream } from '@encaisse/access/domain';
import { invariant } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type CallingPerson,
  CurrentPerson,
  Logged,
  Needs,
  orProblem,
  RequestMetadata,
} from '@encaisse/platform/http';
import { type Account, Accounts } from '../sign-in/accounts';
import { UserAccounts } from '../users/user-accounts';
import { MOBILE, MOBILE_RULE, NAME, NAME_RULE } from '../users/user-bodies';
import { UserPersons } from '../users/user-persons';
import { contactProblem, USER_PROBLEMS } from '../users/user-problems';
import { ContactChanges, changeIdOf } from './contact-changes';

class ChangeOwnDataBody {
  @ApiProperty({ required: false, example: 'Claire Martin' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: NAME_RULE })
  name?: string;

  @ApiProperty({ enum: USER_LANGUAGES, required: false })
  @IsOptional()
  @IsIn(USER_LANGUAGES)
  language?: UserLanguage;

  @ApiProperty({ required: false, description: 'Counts once confirmed; never with mobile' })
  @IsOptional()
  @IsEmail()
  @Length(3, 254)
  email?: string;

  @ApiProperty({ required: false, description: 'Counts once confirmed; never with email' })
  @IsOptional()
  @Matches(MOBILE, { message: MOBILE_RULE })
  mobile?: string;
}

class ConfirmBody {
  @ApiProperty({ example: '482193', description: 'The code that was sent' })
  @Matches(/^\d{6}$/, { message: 'code must be six digits' })
  code!: string;
}

class PendingAnswer {
  @ApiProperty({ enum: ['EMAIL', 'MOBILE'] }) channel!: string;
  @ApiProperty() expiresAt!: string;
}

class OwnAccountAnswer {
  @ApiProperty({ example: 'claire.martin.4821' }) login!: string;
  @ApiProperty({ nullable: true, type: String }) name!: string | null;
  @ApiProperty({ nullable: true, type: String }) email!: string | null;
  @ApiProperty({ nullable: true, type: String }) mobile!: string | null;
  @ApiProperty({ enum: USER_LANGUAGES }) language!: UserLanguage;
  @ApiProperty({ example: 'CASHIER' }) profile!: string;
  @ApiProperty() nodeId!: string;
  @ApiProperty({ description: 'Second factors' }) factors!: number;

  @ApiProperty({
    nullable: true,
    type: PendingAnswer,
    description: 'A new address or mobile that waits for its code',
  })
  pendingChange!: PendingAnswer | null;
}

/** « Informations personnelles » (USER). */
@ApiTags('own account')
@Controller('api/v1/me')
export class OwnAccountController {
  constructor(
    private readonly accounts: Accounts,
    private readonly persons: UserPersons,
    private readonly users: UserAccounts,
    private readonly changes: ContactChanges,
    private readonly streams: Streams,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('own-account')
  @ApiOperation({ summary: 'The own account (USER-02)' })
  @ApiOkResponse({ type: OwnAccountAnswer })
  async show(@CurrentPerson() { userId }: CallingPerson): Promise<OwnAccountAnswer> {
    return this.view(await this.account(userId));
  }

  @Patch()
  @Needs('own-account')
  @Logged('OWN_DATA_CHANGE')
  @ApiOperation({ summary: 'Edit name, language, or one of e-mail and mobile (USER-02, USER-03)' })
  @ApiOkResponse({ type: OwnAccountAnswer })
  async change(
    @Body() { name, language, email, mobile }: ChangeOwnDataBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentPerson() { userId }: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
  ): Promise<OwnAccountAnswer> {
    if (email !== undefined && mobile !== undefined)
      throw contactProblem('contact-channels-together', 'change one, confirm it, then the other');
    const account = await this.account(userId);
    const value = email ?? mobile;
    if (value !== undefined) {
      const changeId = changeIdOf(userId, idempotencyKey ?? metadata.correlationId);
      const channel = email === undefined ? 'MOBILE' : 'EMAIL';
      await this.changes.begin(account, changeId, channel, value);
    }
    if (name !== undefined || language !== undefined)
      await this.changeData(account, name, language, metadata);
    const after = await this.account(userId);
    entry.about({ kind: 'user', id: userId });
    entry.changed(
      { personId: account.personId, language: account.language },
      { personId: after.personId, language: after.language },
    );
    return this.view(after);
  }

  @Post('contact-change/confirm')
  @HttpCode(200)
  @Needs('own-account')
  @Logged('OWN_DATA_CHANGE')
  @ApiOperation({ summary: 'Confirm a new e-mail address or mobile by its code (USER-04)' })
  @ApiOkResponse({ type: OwnAccountAnswer })
  async confirm(
    @Body() { code }: ConfirmBody,
    @CurrentPerson() { userId }: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
  ): Promise<OwnAccountAnswer> {
    const account = await this.account(userId);
    await this.changes.confirm(account, code, metadata);
    const after = await this.account(userId);
    entry.about({ kind: 'user', id: userId });
    entry.changed({ personId: account.personId }, { personId: after.personId });
    return this.view(after);
  }

  @Delete('contact-change')
  @HttpCode(204)
  @Needs('own-account')
  @Logged('OWN_DATA_CHANGE')
  @ApiOperation({ summary: 'Drop a change that waits for its code' })
  async drop(@CurrentPerson() { userId }: CallingPerson): Promise<void> {
    await this.changes.drop(userId);
  }

  private async changeData(
    account: Account,
    name: string | undefined,
    language: UserLanguage | undefined,
    metadata: EventMetadata,
  ): Promise<void> {
    const current = await this.persons.of(account.personId);
    const person =
      name === undefined ? undefined : await this.persons.remember({ ...current, name });
    const at = this.clock.now();
    const { decision, position, isReplay } = await this.streams.decide(
      userStream,
      account.userId,
      (user) => changeOwnData({ person, language, at }, user),
      metadata,
    );
    orProblem(decision, USER_PROBLEMS);
    await this.users.reached({ userId: account.userId, position, isReplay });
  }

  private async account(userId: string): Promise<Account> {
    const account = await this.accounts.byId(userId);
    invariant(account, 'whoever is signed in has an account');
    return account;
  }

  private async view(account: Account): Promise<OwnAccountAnswer> {
    const { userId, login, language, profile, nodeId, factors, personId } = account;
    const { name = null, email = null, mobile = null } = await this.persons.of(personId);
    const pendingChange = await this.changes.pending(userId);
    return { login, name, email, mobile, language, profile, nodeId, factors, pendingChange };
  }
}
