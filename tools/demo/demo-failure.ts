/** An end of the demonstration that the person in front of it can act upon: one clear message. */
export class DemoFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: 2 | 130 = 2,
  ) {
    super(message);
  }
}

/** Stopped on request, between two days of the trade. */
export class Interrupted extends DemoFailure {
  constructor() {
    super('interrompu entre deux journées ; la même commande reprend là.', 130);
  }
}

/** The product stopped answering. What it acknowledged is kept; running again resumes. */
export class ProductGone extends Error {}
