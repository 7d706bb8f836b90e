import { type FieldError, Problem, problems } from '@encaisse/platform/http';

/** Why a search, a figure or an export is refused, each naming the field and the rule. */
export const READ_PROBLEMS = problems({
  'unknown-filter': { status: 400, title: 'The request has a filter nobody knows' },
  'unknown-filter-value': { status: 400, title: 'A filter has a value that does not exist' },
  'period-missing': { status: 400, title: 'A start and an end date are needed' },
  'period-malformed': { status: 400, title: 'A date cannot be read' },
  'period-reversed': { status: 422, title: 'The start of the period lies after its end' },
  'period-too-old': { status: 422, title: 'The period starts before the history that is kept' },
  'invalid-amount-filter': { status: 400, title: 'The amount filter cannot be read' },
  'not-sortable': { status: 400, title: 'The list cannot be sorted by this column' },
  'unknown-column': { status: 400, title: 'The export has no such column' },
  'invalid-limit': { status: 400, title: 'The page size is out of range' },
  'invalid-cursor': { status: 400, title: 'The cursor was not given by this product' },
  'cursor-of-another-search': { status: 422, title: 'The cursor belongs to another search' },
});

/** The problem of one query parameter. */
export function readProblem(
  code: keyof typeof READ_PROBLEMS,
  parameter: string,
  rule: string,
): Problem {
  const errors: FieldError[] = [{ pointer: `query/${parameter}`, detail: rule }];
  return new Problem(code, READ_PROBLEMS[code], `query/${parameter}: ${rule}`, { errors });
}
