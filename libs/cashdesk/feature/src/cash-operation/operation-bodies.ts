import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { AmountBody } from '@encaisse/platform/http';

/** Every operation: an id, or the Idempotency-Key header instead. */
export class OperationBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;
}

export class AcknowledgingBody extends OperationBody {
  @ApiProperty({
    required: false,
    default: false,
    description: 'Go on although the issuer may have freed the amount (CASH-02)',
  })
  @IsOptional()
  @IsBoolean()
  acknowledgeStaleAuthorization?: boolean;
}

export class CaptureBody extends AcknowledgingBody {
  @ApiProperty({ required: false, type: AmountBody, description: 'Default: all of it' })
  @IsOptional()
  @ValidateNested()
  @Type(() => AmountBody)
  amount?: AmountBody;
}

export class RefundBody extends OperationBody {
  @ApiProperty({ type: AmountBody })
  @IsDefined()
  @ValidateNested()
  @Type(() => AmountBody)
  amount!: AmountBody;
}

export class ModifyBody extends OperationBody {
  @ApiProperty({ required: false, type: AmountBody, description: 'Lower than the current one' })
  @IsOptional()
  @ValidateNested()
  @Type(() => AmountBody)
  amount?: AmountBody;

  @ApiProperty({ required: false, example: '2026-11-25', description: 'Today to 7 days later' })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'plannedDate must be YYYY-MM-DD' })
  plannedDate?: string;
}
