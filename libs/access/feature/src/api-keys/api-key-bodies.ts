import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { ENVIRONMENTS, type Environment } from '@encaisse/kernel';
import { type Action, ACTIONS } from '@encaisse/platform/access';

/** No control characters: a label must not forge a line of a log. */
const LABEL = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;
const LONGEST_OVERLAP_DAYS = 7;

export class CreateApiKeyBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ example: 'Caisse de Lille' })
  @IsString()
  @Length(1, 100)
  @Matches(LABEL, { message: 'label must hold no control characters' })
  label!: string;

  @ApiProperty({ required: false, description: 'The own node when left out' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  nodeId?: string;

  @ApiProperty({ enum: ACTIONS, isArray: true, example: ['search-transactions', 'take-payment'] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(ACTIONS.length)
  @ArrayUnique()
  @IsIn(ACTIONS, { each: true })
  actions!: Action[];

  @ApiProperty({ required: false, example: '2027-11-28T08:30:00Z', description: 'Never without' })
  @IsOptional()
  @IsISO8601({ strict: true })
  expiresAt?: string;
}

export class RotateApiKeyBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({
    required: false,
    default: 0,
    minimum: 0,
    maximum: LONGEST_OVERLAP_DAYS,
    description: 'For how many days the former secret goes on',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LONGEST_OVERLAP_DAYS)
  overlapDays?: number;
}

export class ApiKeyAnswer {
  @ApiProperty() keyId!: string;
  @ApiProperty({ example: 'Caisse de Lille' }) label!: string;
  @ApiProperty() nodeId!: string;
  @ApiProperty({ enum: ENVIRONMENTS }) environment!: Environment;
  @ApiProperty({ enum: ACTIONS, isArray: true }) actions!: readonly Action[];
  @ApiProperty({ description: 'Login of whoever created it' }) createdBy!: string;
  @ApiProperty() createdAt!: string;
  @ApiProperty({ nullable: true, type: String }) expiresAt!: string | null;
  @ApiProperty({ nullable: true, type: String }) rotatedAt!: string | null;
  @ApiProperty({ nullable: true, type: String }) formerSecretValidUntil!: string | null;
  @ApiProperty({ nullable: true, type: String }) revokedAt!: string | null;

  @ApiProperty({ required: false, description: 'The whole key, told once' })
  key?: string;
}

export class ApiKeyPage {
  @ApiProperty({ type: [ApiKeyAnswer] }) items!: readonly ApiKeyAnswer[];
  @ApiProperty({ nullable: true, type: String }) nextCursor!: string | null;
}
