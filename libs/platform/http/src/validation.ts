import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldError, invalidRequest } from './problem';

/** Turns class-validator's tree into one line per broken rule, each with its JSON Pointer. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      pointer,
      detail: rule === 'whitelistValidation' ? 'unknown field' : message,
    }));
    return [...own, ...fieldErrors(error.children ?? [], pointer)];
  });
}

/** Unknown fields are refused, values are never coerced in bodies. */
export function bodyValidation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    transformOptions: { exposeDefaultValues: true },
    stopAtFirstError: false,
    forbidUnknownValues: true,
    exceptionFactory: (errors) => invalidRequest(fieldErrors(errors)),
  });
}
