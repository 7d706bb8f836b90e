import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

/** The body of an operation that says nothing but its own id. */
export class OperationBody {
  @ApiPropertyOptional({
    example: '019abd2c-6a00-7000-8000-000000000001',
    description: 'UUIDv7 of the operation; an Idempotency-Key header does as well',
  })
  @IsOptional()
  @IsString()
  id?: string;
}
