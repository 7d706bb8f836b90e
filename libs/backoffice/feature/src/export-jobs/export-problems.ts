import type { RequestExportRefusal } from '@encaisse/backoffice/domain';
import { Problem, problems } from '@encaisse/platform/http';

/** Why an export is not asked for. */
export const REQUEST_PROBLEMS = problems<RequestExportRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
});

/** Why there is no file of an export. */
const FILE_PROBLEMS = problems({
  'export-not-finished': { status: 409, title: 'The export is not finished yet' },
  'export-failed': { status: 409, title: 'The export was not produced' },
  'export-expired': { status: 410, title: 'The file of the export was removed' },
});

export function fileProblem(code: keyof typeof FILE_PROBLEMS, detail: string): Problem {
  return new Problem(code, FILE_PROBLEMS[code], detail);
}
