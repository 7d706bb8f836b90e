import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';

/** No control characters: a label must not forge a line of a log. */
const LABEL = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;
const LABEL_RULE = 'label must hold no control characters';
const CODE = /^\d{6}$/;
const CODE_RULE = 'code must be six digits';

export class NewFactorBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ example: 'Téléphone' })
  @IsString()
  @Length(1, 50)
  @Matches(LABEL, { message: LABEL_RULE })
  label!: string;
}

export class CodeBody {
  @ApiProperty({ example: '492039' })
  @Matches(CODE, { message: CODE_RULE })
  code!: string;
}

export class PasskeyProofBody {
  @ApiProperty({ description: 'The id that came with the options' })
  @IsString()
  @Length(1, 64)
  challengeId!: string;

  @ApiProperty({ type: Object, description: 'What the browser answered, as JSON' })
  @IsObject()
  response!: object;
}

export class RegisterPasskeyBody extends PasskeyProofBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ example: 'Clé de Claire' })
  @IsString()
  @Length(1, 50)
  @Matches(LABEL, { message: LABEL_RULE })
  label!: string;
}

export class RemoveFactorBody {
  @ApiProperty({ required: false, description: 'This or a code' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  currentPassword?: string;

  @ApiProperty({ required: false, example: '492039' })
  @IsOptional()
  @Matches(CODE, { message: CODE_RULE })
  code?: string;
}

export class BegunFactorAnswer {
  @ApiProperty() factorId!: string;

  @ApiProperty({ nullable: true, type: String, description: 'For a QR code; told once' })
  uri!: string | null;

  @ApiProperty({ nullable: true, type: String, description: 'In base 32; told once' })
  secret!: string | null;
}

export class FactorAnswer {
  @ApiProperty() factorId!: string;
  @ApiProperty({ enum: ['TOTP', 'PASSKEY'] }) kind!: 'TOTP' | 'PASSKEY';
  @ApiProperty({ example: 'Téléphone' }) label!: string;
  @ApiProperty() addedAt!: string;
}

export class FactorsAnswer {
  @ApiProperty({ type: [FactorAnswer] }) factors!: readonly FactorAnswer[];
}

export class PasskeyOptionsAnswer {
  @ApiProperty() challengeId!: string;
  @ApiProperty({ type: Object, description: 'For navigator.credentials' }) options!: object;
}

export class SecondFactorOptionsAnswer {
  @ApiProperty({ enum: ['TOTP', 'PASSKEY'], isArray: true })
  kinds!: readonly ('TOTP' | 'PASSKEY')[];

  @ApiProperty({ type: PasskeyOptionsAnswer, nullable: true })
  passkey!: PasskeyOptionsAnswer | null;
}
