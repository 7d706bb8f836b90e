import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { SALES_CHANNELS, type SalesChannel } from '@encaisse/ledger/domain';
import { AmountBody } from '@encaisse/platform/http';

export class CardBody {
  @ApiProperty({ example: '4000000000000010', description: '12 to 19 digits, Luhn' })
  @IsString()
  @Length(12, 32)
  number!: string;

  @ApiProperty({ example: '2912', description: 'Expiry, YYMM' })
  @Matches(/^\d{2}(0[1-9]|1[0-2])$/, { message: 'expiry must be YYMM' })
  expiry!: string;

  @ApiProperty({ required: false, example: '123', description: 'Never stored' })
  @IsOptional()
  @Matches(/^\d{3,4}$/, { message: 'verificationCode must be three or four digits' })
  verificationCode?: string;
}

export class CardholderBody {
  @ApiProperty({ required: false, example: 'client@example.com' })
  @IsOptional()
  @IsEmail()
  @Length(6, 120)
  email?: string;
}

export class TakePaymentBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ required: false, description: 'The shop; default: the token’s own' })
  @IsOptional()
  @IsUUID()
  shopId?: string;

  @ApiProperty({ required: false, description: 'The contract; default: the only one that fits' })
  @IsOptional()
  @IsUUID()
  contractId?: string;

  @ApiProperty({ required: false, example: '5201234' })
  @IsOptional()
  @Matches(/^\d{1,15}$/, { message: 'contractNumber must be 1 to 15 digits' })
  contractNumber?: string;

  @ApiProperty({ required: false, example: 'VISA' })
  @IsOptional()
  @IsString()
  @Length(1, 30)
  paymentMeans?: string;

  @ApiProperty({ example: 'CMD-2026-0001' })
  @IsString()
  @Length(1, 250)
  orderReference!: string;

  @ApiProperty({ type: AmountBody })
  @IsDefined()
  @ValidateNested()
  @Type(() => AmountBody)
  amount!: AmountBody;

  @ApiProperty({ type: CardBody })
  @IsDefined()
  @ValidateNested()
  @Type(() => CardBody)
  card!: CardBody;

  @ApiProperty({ required: false, default: false, description: 'Capture it later' })
  @IsOptional()
  @IsBoolean()
  authorizationOnly?: boolean;

  @ApiProperty({ required: false, minimum: 0, maximum: 7, description: 'Default: the contract’s' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(7)
  deferralDays?: number;

  @ApiProperty({ required: false, enum: SALES_CHANNELS, default: 'E_COMMERCE' })
  @IsOptional()
  @IsIn(SALES_CHANNELS)
  channel?: SalesChannel;

  @ApiProperty({ required: false, example: 'APPLE_PAY' })
  @IsOptional()
  @IsString()
  @Length(1, 30)
  wallet?: string;

  @ApiProperty({ required: false, example: 'ARCH2026', description: 'Passed to the bank' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9]{1,12}$/, {
    message: 'archivingReference must be 1 to 12 letters or digits',
  })
  archivingReference?: string;

  @ApiProperty({ required: false, type: CardholderBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => CardholderBody)
  cardholder?: CardholderBody;

  @ApiProperty({ required: false, example: 'FR', description: 'Country the buyer connected from' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'clientCountry must be an ISO 3166 alpha-2 code' })
  clientCountry?: string;
}
