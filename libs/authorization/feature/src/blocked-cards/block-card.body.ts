import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { BLOCK_REASONS, type BlockReason } from '@encaisse/authorization/domain';

/** What can be said of any block. */
export class BlockCardBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ required: false, enum: BLOCK_REASONS })
  @IsOptional()
  @IsIn(BLOCK_REASONS)
  reason?: BlockReason;
}

/** A card typed by a person (CARD-03). */
export class AddBlockedCardBody extends BlockCardBody {
  @ApiProperty({ description: 'The node that takes the card no more, with all below it' })
  @IsUUID()
  nodeId!: string;

  @ApiProperty({ example: '4000000000000010', description: '12 to 19 digits, Luhn' })
  @IsString()
  @Length(1, 64)
  cardNumber!: string;
}
