import type { Conditions } from './conditions';
import type { Machine, SimulatedProcess } from './machine';

/** An exchange as it goes over the line, told apart from others by its retrieval reference. */
export type AuthorizationDemand = {
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly contractNumber: string;
  readonly cardNumber: string;
};

/** An authorisation as the acquirer's own book has it. */
export type BookedAuthorization = AuthorizationDemand & {
  readonly askedAt: number;
  readonly responseCode: string;
  readonly authorizationNumber: string | null;
  /** How often an authorisation of this reference was given. More than once is a double charge. */
  approvals: number;
  isReversed: boolean;
};

export type AcquirerAnswer = {
  readonly responseCode: string;
  readonly authorizationNumber: string | null;
};

const TROUBLES = [
  'silent',
  'late',
  'lost',
  'refuses-late',
  'answers-twice',
  'link-breaks',
] as const;

/** The acquirer: its book of authorisations and the ways it can be slow, silent or contradictory. */
export class SimulatedAcquirer {
  readonly book = new Map<string, BookedAuthorization>();
  reversals = 0;
  /** Asked of every authorisation before it is answered: was the intent recorded first? */
  onAsked: (demand: AuthorizationDemand) => void = () => undefined;
  private numbers = 0;

  constructor(
    private readonly machine: Machine,
    private readonly conditions: Conditions,
  ) {}

  /**
   * Takes one request off the line. `tell` brings an answer back, or a second one; `null` says that the
   * connection broke.
   */
  authorize(
    process: SimulatedProcess,
    demand: AuthorizationDemand,
    tell: (answer: AcquirerAnswer | null) => void,
  ): void {
    const { machine, conditions } = this;
    const { chance } = conditions;
    const trouble = conditions.strikes('F13', conditions.acquirerTrouble)
      ? chance.one(TROUBLES)
      : null;
    machine.in(20 + chance.fraction() * 100, null, () => {
      machine.touch();
      if (trouble === 'lost') return;
      const booked = this.decide(demand);
      const { responseCode, authorizationNumber } = booked;
      const answer = { responseCode, authorizationNumber };
      const answerIn = (millis: number, what: AcquirerAnswer | null): void =>
        void machine.in(millis, process, () => tell(what));
      if (trouble === 'silent') return;
      if (trouble === 'link-breaks') return answerIn(5, null);
      if (trouble === 'late') return answerIn(14_500 + chance.fraction() * 30_000, answer);
      if (trouble === 'refuses-late') {
        answerIn(5, answer);
        return answerIn(20_000, { responseCode: '05', authorizationNumber: null });
      }
      answerIn(5, answer);
      if (trouble === 'answers-twice') answerIn(6 + chance.fraction() * 50, answer);
    });
  }

  /** Undoes an authorisation, whether it exists or not; as often as it is asked. */
  reverse(
    process: SimulatedProcess,
    reference: string,
    tell: (answer: AcquirerAnswer | null) => void,
  ): void {
    const { machine, conditions } = this;
    const { chance } = conditions;
    const trouble = conditions.strikes('F13', conditions.acquirerTrouble)
      ? chance.one(['silent', 'lost', 'link-breaks'] as const)
      : null;
    machine.in(140 + chance.fraction() * 50, null, () => {
      machine.touch();
      if (trouble === 'lost') return;
      this.reversals += 1;
      const booked = this.book.get(reference);
      if (booked) booked.isReversed = true;
      if (trouble === 'silent') return;
      const responseCode = booked ? '00' : '25';
      const answer = trouble === null ? { responseCode, authorizationNumber: null } : null;
      machine.in(5, process, () => tell(answer));
    });
  }

  private decide(demand: AuthorizationDemand): BookedAuthorization {
    this.onAsked(demand);
    const known = this.book.get(demand.reference);
    if (known) {
      known.approvals += known.responseCode === '00' ? 1 : 0;
      return known;
    }
    const isApproved = !this.conditions.chance.happens(0.08);
    this.numbers += 1;
    const booked: BookedAuthorization = {
      ...demand,
      askedAt: this.machine.wall,
      responseCode: isApproved ? '00' : this.conditions.chance.one(['05', '51', '54', '91']),
      authorizationNumber: isApproved ? String(this.numbers).padStart(6, '0') : null,
      approvals: isApproved ? 1 : 0,
      isReversed: false,
    };
    this.book.set(demand.reference, booked);
    return booked;
  }
}
