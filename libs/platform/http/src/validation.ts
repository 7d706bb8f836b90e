import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { bodyReaderOf } from './body-reader';
import { type FieldError, invalidRequest, Problem, problems } from './problem';

/** Mistakes that have a problem type of their own when nothing else is wrong. */
const FIELD_PROBLEMS = problems({
  'unknown-field': { status: 400, title: 'The request has a field nobody knows' },
  'invalid-amount': { status: 400, title: 'The amount is not a positive whole number' },
  'unknown-currency': { status: 400, title: 'The currency is not one of ISO 4217' },
});

type CodedError = FieldError & { readonly code: string };

/** Turns class-validator's tree into one line per broken rule, each with its JSON Pointer. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): CodedError[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${error.property}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => {
      if (rule === 'whitelistValidation')
        return { pointer, detail: 'unknown field', code: 'unknown-field' };
      const context = error.contexts?.[rule] as { code?: string } | undefined;
      return { pointer, detail: message, code: context?.code ?? 'invalid-request' };
    });
    return [...own, ...fieldErrors(error.children ?? [], pointer)];
  });
}

/** The problem of a list of mistakes: their own type when they share one. */
export function validationProblem(errors: readonly CodedError[]): Problem {
  const codes = new Set(errors.map(({ code }) => code));
  const [code] = codes;
  const shown = errors.map(({ pointer, detail }) => ({ pointer, detail }));
  if (codes.size !== 1 || code === undefined || !Object.hasOwn(FIELD_PROBLEMS, code))
    return invalidRequest(shown);
  const kind = FIELD_PROBLEMS[code as keyof typeof FIELD_PROBLEMS];
  const detail = shown.map((error) => `${error.pointer}: ${error.detail}`).join('; ');
  return new Problem(code, kind, detail, { errors: shown });
}

/** How deep a body may be nested: far more than any of ours, far less than the stack. */
const DEEPEST = 20;
/** What PostgreSQL keeps in no text: the null character, and half of a pair of surrogates. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** The problem of texts that cannot be stored, and of nesting without end, wherever they stand. */
export function unstorableIn(value: unknown, pointer: string, depth = 0): Problem | null {
  if (typeof value === 'string')
    return UNSTORABLE.test(value)
      ? invalidRequest([{ pointer, detail: 'must hold no null character or half character' }])
      : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= DEEPEST)
    return invalidRequest([{ pointer, detail: `must be nested at most ${DEEPEST} deep` }]);
  for (const [name, one] of Object.entries(value)) {
    const problem =
      unstorableIn(name, pointer) ?? unstorableIn(one, `${pointer}/${name}`, depth + 1);
    if (problem) return problem;
  }
  return null;
}

/** Where a part of a request begins in a pointer; the parts that are not of the caller's own making. */
const POINTERS: Readonly<Record<ArgumentMetadata['type'], string | null>> = {
  body: '',
  query: 'query',
  param: 'path',
  custom: null,
};

/**
 * Unknown fields are refused, values are never coerced in bodies. A body that plainly keeps the rules of
 * its class is taken by their reader; every other goes through the pipe, which knows what to answer.
 */
class BodyValidation extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype, data } = metadata;
    const pointer = POINTERS[type];
    const problem =
      pointer === null
        ? null
        : unstorableIn(value, data === undefined ? pointer : `${pointer}/${data}`);
    if (problem) return Promise.reject(problem);
    if (type !== 'body' || typeof metatype !== 'function') return super.transform(value, metadata);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return Promise.reject(invalidRequest([{ pointer: '', detail: 'send a JSON object' }]));
    const read = bodyReaderOf(metatype as new () => object)?.(value) ?? null;
    return read === null ? super.transform(value, metadata) : Promise.resolve(read);
  }
}

export function bodyValidation(): ValidationPipe {
  return new BodyValidation({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    transformOptions: { exposeDefaultValues: true },
    stopAtFirstError: false,
    forbidUnknownValues: true,
    exceptionFactory: (errors) => validationProblem(fieldErrors(errors)),
  });
}
