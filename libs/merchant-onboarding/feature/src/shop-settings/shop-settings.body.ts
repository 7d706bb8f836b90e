import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';

/** What no mail program reads as two addresses, or as a name and an address. */
const ONE_ADDRESS = /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/;
const LONGEST_URL = 2048;

const Address = (description: string): PropertyDecorator =>
  both(
    ApiProperty({ required: false, nullable: true, type: String, description }),
    IsEmail({}, { message: '$property must be an e-mail address' }),
    Matches(ONE_ADDRESS, { message: '$property must be one plain e-mail address' }),
    Length(6, 120),
  );

const Page = (description: string): PropertyDecorator =>
  both(
    ApiProperty({ required: false, nullable: true, type: String, description }),
    IsString(),
    MaxLength(LONGEST_URL),
  );

function both(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, key) => {
    for (const decorate of [IsOptional(), ...decorators]) decorate(target, key);
  };
}

export class ShopEmailsBody {
  @Address('Receives the merchant’s ticket; null takes it away')
  payment?: string | null;

  @Address('Receives the daily report of remittances')
  report?: string | null;

  @Address('Of whoever integrates the site')
  integrator?: string | null;
}

export class ShopUrlsBody {
  @Page('https only; null takes it away')
  accepted?: string | null;

  @Page('https only')
  refused?: string | null;

  @Page('https only')
  cancelled?: string | null;

  @Page('https only')
  pending?: string | null;

  @Page('The page of the immediate return, https only')
  return?: string | null;
}

export class ChangeShopSettingsBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ required: false, type: ShopEmailsBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => ShopEmailsBody)
  emails?: ShopEmailsBody;

  @ApiProperty({ required: false, type: ShopUrlsBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => ShopUrlsBody)
  urls?: ShopUrlsBody;

  @ApiProperty({ required: false, description: 'Back to the site at once; needs `urls.return`' })
  @IsOptional()
  @IsBoolean()
  isImmediateReturn?: boolean;

  @ApiProperty({ required: false, description: 'Whether tickets are sent to the merchant' })
  @IsOptional()
  @IsBoolean()
  isTicketReceived?: boolean;
}

export class SwitchOptionBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty()
  @IsBoolean()
  isSubscribed!: boolean;
}
