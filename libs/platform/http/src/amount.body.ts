import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { type Currency, DIGITS } from '@encaisse/kernel';

/** A positive amount in a request. */
export class AmountBody {
  @ApiProperty({ example: 1250, description: 'Positive integer of ISO 4217 minor units' })
  @IsInt({ context: { code: 'invalid-amount' } })
  @Min(1, { context: { code: 'invalid-amount' } })
  @Max(Number.MAX_SAFE_INTEGER, { context: { code: 'invalid-amount' } })
  minor!: number;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217 alphabetic code' })
  @IsIn(Object.keys(DIGITS), {
    message: 'currency must be an ISO 4217 alphabetic code such as EUR',
    context: { code: 'unknown-currency' },
  })
  currency!: Currency;
}
