import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Min } from 'class-validator';
import { MASS_OPERATIONS, type MassOperationKind } from '@encaisse/backoffice/contract';

/** What is to be done, and to what. */
export class PreviewBody {
  @ApiProperty({ enum: MASS_OPERATIONS, description: '« Tout capturer », « Envoyer en banque »' })
  @IsIn(MASS_OPERATIONS)
  operation!: MassOperationKind;

  @ApiProperty({
    description: 'The filters of GET /api/v1/transactions, without sorting and paging',
    example: { from: '2026-11-01', to: '2026-11-22', paymentMeans: ['CB', 'VISA'] },
  })
  @IsObject()
  search!: Record<string, unknown>;
}

export class MassOperationBody extends PreviewBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({
    required: false,
    default: false,
    description: 'Go on although issuers may have freed amounts (CASH-02)',
  })
  @IsOptional()
  @IsBoolean()
  acknowledgeStaleAuthorization?: boolean;

  @ApiProperty({ required: false, example: 128, description: 'The number the person was shown' })
  @IsOptional()
  @IsInt()
  @Min(0)
  expectedCount?: number;
}
