/** Lets what concerns one stream happen one after the other, and different streams side by side. */
export class StreamTurns {
  private readonly last = new Map<string, Promise<unknown>>();

  async take<Result>(streamId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(streamId) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.last.set(streamId, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(streamId) === turn) this.last.delete(streamId);
    }
  }

  /** Resolves once every turn taken so far is over. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.last.values());
  }
}
