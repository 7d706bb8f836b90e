import type { Socket } from 'node:net';
import { decodeMessage, encodeMessage } from './codec';
import { DEFAULT_MAX_MESSAGE_BYTES, FrameDecoder, frame } from './framing';
import { type Iso8583Message, MalformedMessageError } from './message';

/** Why a connection ended. The detail is for people and never holds bytes of a message. */
export type ChannelClosure = {
  readonly reason: 'malformed' | 'peer-closed' | 'network-error' | 'closed-here';
  readonly detail: string;
};

export type ChannelListener = {
  /** Every message of the peer, in order. May throw `MalformedMessageError` for what it lacks. */
  onMessage(message: Iso8583Message): void;
  /** Told once, after the last message. */
  onClosed(closure: ChannelClosure): void;
};

/** What the last answers get to leave a connection that is being closed. */
const FLUSH_MS = 1000;

/**
 * ISO 8583 messages over one open socket, both ways. Malformed bytes close it: after them nobody can
 * tell where the next message begins. Messages before them are handed over, answers to them leave.
 */
export class MessageChannel {
  private readonly decoder: FrameDecoder;
  private isClosed = false;
  private isCorked = false;
  private networkError: string | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly listener: ChannelListener,
    maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
  ) {
    this.decoder = new FrameDecoder(maxMessageBytes);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', (error) => (this.networkError = error.message));
    socket.on('end', () => this.socketEnded());
    socket.on('close', () => this.socketEnded());
  }

  /** False as soon as a message given to `send` would have no chance to leave. */
  get isOpen(): boolean {
    return !this.isClosed && this.socket.writable;
  }

  /** Writes a message; the ones of a same turn leave together. Throws `UnencodableMessageError`. */
  send(message: Iso8583Message): void {
    this.sendFrame(frame(encodeMessage(message)));
  }

  /** Writes a message that is framed already. */
  sendFrame(bytes: Buffer): void {
    if (!this.isCorked) {
      this.isCorked = true;
      this.socket.cork();
      process.nextTick(() => {
        this.isCorked = false;
        this.socket.uncork();
      });
    }
    this.socket.write(bytes);
  }

  /** Closes the connection once what was sent has left; nothing more is read. */
  close(detail: string): void {
    this.closeAs({ reason: 'closed-here', detail });
  }

  private read(chunk: Buffer): void {
    if (this.isClosed) return;
    try {
      this.decoder.push(chunk, (bytes) => this.listener.onMessage(decodeMessage(bytes)));
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.closeAs({ reason: 'malformed', detail: error.message });
    }
  }

  private socketEnded(): void {
    const { pendingBytes } = this.decoder;
    if (pendingBytes > 0) {
      const detail = `ended ${pendingBytes} bytes into an unfinished message`;
      this.closeAs({ reason: 'malformed', detail });
    } else if (this.networkError !== null) {
      this.closeAs({ reason: 'network-error', detail: this.networkError });
    } else {
      this.closeAs({ reason: 'peer-closed', detail: 'closed by the other side' });
    }
  }

  private closeAs(closure: ChannelClosure): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.socket.destroySoon();
    const guard = setTimeout(() => this.socket.destroy(), FLUSH_MS);
    this.socket.once('close', () => clearTimeout(guard));
    this.listener.onClosed(closure);
  }
}
