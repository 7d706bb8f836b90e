import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { REMITTANCE_STATUSES } from '@encaisse/remittance/contract';
import { ApiPeriod } from '../transactions/search-query-docs';

const optional = (name: string, description: string, example: string) =>
  ApiQuery({ name, required: false, description, example });

/** Documents the filters of REM-06. Filters are cumulative; repeating one gives alternatives. */
export const ApiRemittanceFilters = () =>
  applyDecorators(
    ApiPeriod(true),
    optional(
      'totalAmount',
      'eq:, gte:, lte:, ne: and minor units, which may be negative',
      'lte:-1',
    ),
    optional('contractNumber', 'Contract number', '1234567'),
    optional('rank', 'Three digits, alone or with a contract', '001'),
    optional('remittanceNumber', 'Number of the remittance', '1234567-12'),
    ApiQuery({ name: 'status', required: false, isArray: true, enum: [...REMITTANCE_STATUSES] }),
    optional('paymentMeans', 'Payment means', 'VISA'),
    optional('currency', 'ISO 4217 code', 'EUR'),
  );
