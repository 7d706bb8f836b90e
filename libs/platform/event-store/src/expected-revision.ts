import type { ExpectedRevision } from './event-store';

/** Whether a stream at a version, null when it does not exist, is as a writer expects it. */
export function isExpected(expected: ExpectedRevision, actual: number | null): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'no-stream':
      return actual === null;
    case 'stream-exists':
      return actual !== null;
    default:
      return expected === actual;
  }
}
