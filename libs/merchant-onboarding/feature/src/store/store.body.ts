import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { type Currency, DIGITS } from '@encaisse/kernel';
import { PAYMENT_MEANS } from '../payment-means';

export class RequestServiceBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ enum: PAYMENT_MEANS })
  @IsIn(PAYMENT_MEANS)
  paymentMeans!: string;

  @ApiProperty({ example: '7654321', description: 'Given by the body of the payment means' })
  @Matches(/^\d{1,15}$/, { message: 'affiliateIdentifier must be 1 to 15 digits' })
  affiliateIdentifier!: string;
}

export class OpenServiceBody {
  @ApiProperty({ required: false, description: 'UUIDv7 of the contract, or an Idempotency-Key' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ example: 'EUR' })
  @IsIn(Object.keys(DIGITS), { message: 'currency must be an ISO 4217 code' })
  currency!: Currency;

  @ApiProperty({ example: 1, description: 'Minor units' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  minimumMinor!: number;

  @ApiProperty({ example: 1_000_000, description: 'Minor units' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  maximumMinor!: number;

  @ApiProperty({ example: 'LIBRAIRIE DES HALLES' })
  @IsString()
  @Length(1, 40)
  label!: string;
}
