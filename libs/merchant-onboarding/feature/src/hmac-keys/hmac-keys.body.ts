import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { HMAC_KEY_KINDS, type HmacKeyKind } from '@encaisse/merchant-onboarding/contract';

const LONGEST_PASSPHRASE = 512;
const LONGEST_MESSAGE = 65_536;
const TOO_LONG = `passphrase must have at most ${LONGEST_PASSPHRASE} characters`;

export class PassphraseBody {
  @ApiProperty({ description: 'A sentence, a password or any text; kept nowhere', maxLength: 512 })
  @IsString()
  @MaxLength(LONGEST_PASSPHRASE, { message: TOO_LONG })
  passphrase!: string;
}

export class CreateHmacKeyBody extends PassphraseBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ required: false, enum: HMAC_KEY_KINDS, default: 'MERCHANT' })
  @IsOptional()
  @IsIn(HMAC_KEY_KINDS)
  kind?: HmacKeyKind;
}

export class VerifyMessageBody {
  @ApiProperty({ description: 'The exact text the digest was made of, in UTF-8' })
  @IsString()
  @MaxLength(LONGEST_MESSAGE)
  message!: string;

  @ApiProperty({ description: 'HMAC-SHA-512, 128 hexadecimal digits' })
  @Matches(/^[0-9a-f]{128}$/i, { message: 'digest must be 128 hexadecimal digits' })
  digest!: string;
}

export class ActivateHmacKeyBody {
  @ApiProperty({ description: 'The id of the link in the mail' })
  @IsString()
  @MaxLength(200)
  token!: string;
}
