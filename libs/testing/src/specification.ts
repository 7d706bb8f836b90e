import { type Decision, type DomainEvent, type StreamType, fold } from '@encaisse/kernel';

/** Given past events, when a command comes, then these events or this refusal. */
export function specification<State, Event extends DomainEvent, Command, Refusal>(
  stream: Pick<StreamType<State, Event>, 'initial' | 'evolve'>,
  decide: (command: Command, state: State) => Decision<Event, Refusal>,
) {
  return {
    given: (...history: readonly Event[]) => ({
      when: (command: Command) => {
        const decision = decide(command, fold(stream, history));
        return {
          decision,
          then: (...expected: readonly Event[]) => {
            expect(decision).toEqual({ accepted: expected });
          },
          thenNothing: () => {
            expect(decision).toEqual({ accepted: [] });
          },
          thenRefused: (refusal: Refusal) => {
            expect(decision).toEqual({ refused: refusal });
          },
        };
      },
    }),
  };
}
