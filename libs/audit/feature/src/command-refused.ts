/** A command that cannot be done for a reason the operator can mend; the message is the line to show. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

/** Told now and then how far a long command has come. */
export type Progress = (done: number, total: number) => void;
