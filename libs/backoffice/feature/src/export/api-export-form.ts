import { applyDecorators } from '@nestjs/common';
import { ApiProduces, ApiQuery } from '@nestjs/swagger';
import { EXPORT_FORMATS } from './export-file';
import { LANGUAGES } from './languages';

/** Documents what every export can be asked for beside the filters of its search, and what it gives. */
export const ApiExportForm = () =>
  applyDecorators(
    ApiProduces('text/csv', 'text/plain', 'application/xml'),
    ApiQuery({ name: 'format', required: false, enum: [...EXPORT_FORMATS] }),
    ApiQuery({ name: 'language', required: false, enum: [...LANGUAGES] }),
    ApiQuery({ name: 'columns', required: false, description: 'Names in order, comma-separated' }),
  );
