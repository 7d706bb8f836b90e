import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty, IsArray, IsIn, IsObject, IsOptional, IsString } from 'class-validator';
import { EXPORT_KINDS, type ExportKind } from '@encaisse/backoffice/contract';
import { EXPORT_FORMATS, type ExportFormat } from '../export/export-file';
import { type Language, LANGUAGES } from '../export/languages';

/** An export asked for as a job. */
export class ExportBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ enum: EXPORT_KINDS })
  @IsIn(EXPORT_KINDS)
  kind!: ExportKind;

  @ApiProperty({
    description: 'The filters of the search of this kind, without paging',
    example: { from: '2026-11-01', to: '2026-11-22', paymentMeans: ['CB', 'VISA'] },
  })
  @IsObject()
  search!: Record<string, unknown>;

  @ApiProperty({ enum: [...EXPORT_FORMATS], required: false, default: 'csv' })
  @IsOptional()
  @IsIn([...EXPORT_FORMATS])
  format?: ExportFormat;

  @ApiProperty({ enum: [...LANGUAGES], required: false, default: 'fr' })
  @IsOptional()
  @IsIn([...LANGUAGES])
  language?: Language;

  @ApiProperty({ type: [String], required: false, description: 'Names in order' })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @IsString({ each: true })
  columns?: string[];

  @ApiProperty({ required: false, description: 'The column to sort by' })
  @IsOptional()
  @IsString()
  sort?: string;

  @ApiProperty({ required: false, enum: ['asc', 'desc'] })
  @IsOptional()
  @IsString()
  order?: string;
}
