/** Something with processes of its own that is killed, or put to sleep, at any instant. */
export type Victim = {
  readonly name: string;
  /** kill -9 of the whole process tree. Nothing gets to finish. */
  kill(): void;
  /** SIGSTOP of the whole tree: it lives, and does not know that time goes by. */
  pause(): void;
  /** SIGCONT: it goes on with what it believed before. */
  resume(): void;
  /** Starts it again after a kill, on the same port and the same data; resolves once it can serve. */
  restart(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
};
