import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { USER_LANGUAGES, type UserLanguage } from '@encaisse/access/contract';
import { type Profile, PROFILES } from '@encaisse/platform/access';

/** Letters of any script, no control characters: a name must not forge a line of a log. */
export const NAME = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;
export const NAME_RULE = 'name must hold no control characters';
export const MOBILE = /^\+[1-9]\d{6,14}$/;
export const MOBILE_RULE = 'mobile must be in international form, such as +33612345678';
const LOGIN = /^(?!anonymous$|system$)[a-z0-9](?:[a-z0-9._-]{1,62})[a-z0-9]$/;
const LOGIN_RULE = 'login must be 3 to 64 lower-case letters, digits, dots, dashes or underscores';

/** How first credentials reach a user: a link by mail, or a first password told by support. */
export const DELIVERIES = ['LINK', 'TEMPORARY_PASSWORD'] as const;
export type Delivery = (typeof DELIVERIES)[number];

export class CreateUserBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ required: false, description: 'Made from the name when left out' })
  @IsOptional()
  @Matches(LOGIN, { message: LOGIN_RULE })
  login?: string;

  @ApiProperty({ example: 'Claire Martin' })
  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiProperty({ example: 'claire.martin@example.com' })
  @IsEmail()
  @Length(3, 254)
  email!: string;

  @ApiProperty({ example: '+33612345678', required: false })
  @IsOptional()
  @Matches(MOBILE, { message: MOBILE_RULE })
  mobile?: string;

  @ApiProperty({ enum: USER_LANGUAGES, required: false, default: 'fr' })
  @IsOptional()
  @IsIn(USER_LANGUAGES)
  language?: UserLanguage;

  @ApiProperty({ enum: PROFILES })
  @IsIn(PROFILES)
  profile!: Profile;

  @ApiProperty({ description: 'The node the user will see, with all below it' })
  @IsString()
  @Length(1, 64)
  nodeId!: string;

  @ApiProperty({ enum: DELIVERIES, required: false, default: 'LINK' })
  @IsOptional()
  @IsIn(DELIVERIES)
  delivery?: Delivery;
}

export class ChangeUserBody {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @Matches(NAME, { message: NAME_RULE })
  name?: string;

  @ApiProperty({ required: false, description: 'Never together with mobile (UMGT-04)' })
  @IsOptional()
  @IsEmail()
  @Length(3, 254)
  email?: string;

  @ApiProperty({ required: false, description: 'Never together with email (UMGT-04)' })
  @IsOptional()
  @Matches(MOBILE, { message: MOBILE_RULE })
  mobile?: string;

  @ApiProperty({ enum: USER_LANGUAGES, required: false })
  @IsOptional()
  @IsIn(USER_LANGUAGES)
  language?: UserLanguage;

  @ApiProperty({ enum: PROFILES, required: false })
  @IsOptional()
  @IsIn(PROFILES)
  profile?: Profile;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  nodeId?: string;
}

export class ResetBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ enum: DELIVERIES, required: false, default: 'LINK' })
  @IsOptional()
  @IsIn(DELIVERIES)
  delivery?: Delivery;
}

export class UserAnswer {
  @ApiProperty() userId!: string;
  @ApiProperty({ example: 'claire.martin.4821' }) login!: string;
  @ApiProperty({ nullable: true, type: String, example: 'Claire Martin' }) name!: string | null;
  @ApiProperty({ nullable: true, type: String }) email!: string | null;
  @ApiProperty({ nullable: true, type: String }) mobile!: string | null;
  @ApiProperty({ enum: PROFILES }) profile!: Profile;
  @ApiProperty() nodeId!: string;
  @ApiProperty({ nullable: true, type: String, example: 'Lille' }) nodeName!: string | null;
  @ApiProperty({ nullable: true, type: String, example: 'SHOP' }) level!: string | null;
  @ApiProperty({ enum: USER_LANGUAGES }) language!: UserLanguage;
  @ApiProperty() isActive!: boolean;
  @ApiProperty() isLocked!: boolean;
  @ApiProperty({ description: 'Second factors' }) factors!: number;
  @ApiProperty({ description: 'Connections in this ISO week' }) weekConnections!: number;
  @ApiProperty({ description: 'Connections in all' }) connections!: number;
  @ApiProperty({ nullable: true, type: String }) lastConnectionAt!: string | null;
  @ApiProperty({ nullable: true, type: String }) passwordChangedAt!: string | null;
  @ApiProperty() createdAt!: string;

  @ApiProperty({
    required: false,
    type: String,
    description: 'Shown once, to support alone, good for 24 hours',
  })
  temporaryPassword?: string;
}

export class UserPage {
  @ApiProperty({ type: [UserAnswer] }) items!: readonly UserAnswer[];
  @ApiProperty({ nullable: true, type: String }) nextCursor!: string | null;
}
