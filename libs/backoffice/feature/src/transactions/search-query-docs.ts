import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import {
  ACQUIRER_STATUSES,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
} from '@encaisse/ledger/domain';

const optional = (name: string, description: string, example?: string) =>
  ApiQuery({ name, required: false, description, ...(example === undefined ? {} : { example }) });

const listed = (name: string, values: readonly string[], description: string) =>
  ApiQuery({ name, required: false, isArray: true, enum: [...values], description });

/** Documents the two dates of every search. */
export const ApiPeriod = (required: boolean) =>
  applyDecorators(
    ApiQuery({
      name: 'from',
      required,
      description: 'Start: a Paris date, or a date and time. A date alone begins at 00:00:00.',
      example: '2026-11-01',
    }),
    ApiQuery({
      name: 'to',
      required,
      description: 'End, its second included. A date alone ends at 23:59:59.',
      example: '2026-11-22',
    }),
    optional('nodeId', 'Brand, group or shop to look at or below; default: the token’s node'),
  );

/** Documents the filters of TRX-02. Filters are cumulative; repeating one gives alternatives. */
export const ApiTransactionFilters = () =>
  applyDecorators(
    ApiPeriod(true),
    optional('transactionNumber', 'Ten digits', '0000000042'),
    optional('amount', 'Initial amount: eq:, gte:, lte:, ne: and minor units', 'gte:1000:EUR'),
    optional('wallet', 'Wallet the card was given through', 'APPLE_PAY'),
    optional('paymentMeans', 'Payment means', 'VISA'),
    optional('shopId', 'Shop'),
    optional('remittanceNumber', 'Number of the remittance', '1234567-12'),
    optional('orderReference', '`%` stands for any text; case is ignored', 'CMD-20%'),
    listed('type', TRANSACTION_TYPES, 'Débit, Remboursement, Annulation'),
    listed('status', TRANSACTION_STATUSES, 'Acceptée, Refusée, En attente, Abandonné'),
    listed('acquirerStatus', ACQUIRER_STATUSES, 'State towards the bank'),
    optional('contractNumber', 'Contract number', '1234567'),
    optional('cardholderEmail', 'E-mail address of the cardholder'),
    optional('currency', 'ISO 4217 code', 'EUR'),
  );

/** Documents paging and sorting. */
export const ApiPaging = (sorts: readonly string[]) =>
  applyDecorators(
    ApiQuery({ name: 'sort', required: false, enum: [...sorts] }),
    ApiQuery({ name: 'order', required: false, enum: ['desc', 'asc'] }),
    optional('limit', 'Rows per page, 1 to 500; default 50', '50'),
    optional('cursor', 'The nextCursor of the page before'),
  );
