/** An event as a peer is given it: the same body of about 600 bytes for every side. */
export type PeerEvent = { readonly id: string; readonly type: string; readonly data: object };

/** Another event store on the same server, as its own client library uses it. */
export type Peer = {
  readonly name: string;
  /** One event on a new stream, committed on its own. */
  append(this: void, streamId: string, event: PeerEvent): Promise<void>;
  /** Fills the log with events, as fast as the peer can. */
  fill(this: void, events: number, make: () => PeerEvent): Promise<void>;
  /** Reads the whole log of so many events from the beginning, each given to the fold. */
  replay(this: void, events: number, fold: (type: string) => void): Promise<void>;
  close(this: void): Promise<void>;
};
