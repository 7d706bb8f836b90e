import { ApiProperty } from '@nestjs/swagger';
import {
  IsArray,
  IsBoolean,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';

const optional = { required: false, nullable: true, type: String } as const;
const NUMBER = /^\+?\d{3,15}$/;
const DIALLED = { message: '$property must be 3 to 15 digits' };
const CODE = /^[A-Z][A-Z0-9_]{0,39}$/;

/** What bank and operator tell of a contract; what is left out is not known. */
export class TechnicalDataBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ ...optional, example: '12345678901234' })
  @IsOptional()
  @Matches(/^\d{14}$/, { message: 'siret must be fourteen digits' })
  siret?: string;

  @ApiProperty({ ...optional, example: 'CB2A' })
  @IsOptional()
  @IsString()
  @Length(1, 40)
  protocol?: string;

  @ApiProperty({ required: false, type: [String] })
  @IsOptional()
  @IsArray()
  @Matches(CODE, { each: true, message: 'offers must be codes in capitals' })
  offers?: string[];

  @ApiProperty({ ...optional, example: '24', description: 'ERT' })
  @IsOptional()
  @Matches(/^\d{2}$/, { message: 'acceptanceEnvironment must be two digits' })
  acceptanceEnvironment?: string;

  @ApiProperty({ required: false, default: false })
  @IsOptional()
  @IsBoolean()
  isThreeDsActive?: boolean;

  @ApiProperty({ ...optional, description: 'Instant of the last téléparamétrage' })
  @IsOptional()
  @IsISO8601({ strict: true })
  parametersDownloadedAt?: string;

  @ApiProperty(optional)
  @IsOptional()
  @Matches(NUMBER, DIALLED)
  telecollectionNumber?: string;

  @ApiProperty(optional)
  @IsOptional()
  @Matches(NUMBER, DIALLED)
  authorizationNumber?: string;

  @ApiProperty(optional)
  @IsOptional()
  @Matches(NUMBER, DIALLED)
  backupTelecollectionNumber?: string;

  @ApiProperty(optional)
  @IsOptional()
  @Matches(NUMBER, DIALLED)
  backupAuthorizationNumber?: string;

  @ApiProperty(optional)
  @IsOptional()
  @IsString()
  @Length(1, 60)
  telecollectionProvider?: string;

  @ApiProperty({ required: false, default: false })
  @IsOptional()
  @IsBoolean()
  isTestMode?: boolean;

  @ApiProperty({ ...optional, description: 'Instant of the switch to test mode' })
  @IsOptional()
  @IsISO8601({ strict: true })
  testModeSince?: string;

  @ApiProperty({ required: false, type: [String] })
  @IsOptional()
  @IsArray()
  @Matches(CODE, { each: true, message: 'fraudFilters must be codes in capitals' })
  fraudFilters?: string[];
}
