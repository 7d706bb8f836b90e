import { MalformedMessageError, UnencodableMessageError } from './message';

/** Bytes of the length written before each message, most significant first. */
export const LENGTH_PREFIX_BYTES = 2;

/** Longest message taken when nothing else is asked for: ours stay far below. */
export const DEFAULT_MAX_MESSAGE_BYTES = 8192;

const LARGEST_PREFIX = 0xffff;

/** Puts the two-byte length before a message. Throws when two bytes cannot count it. */
export function frame(message: Buffer): Buffer {
  if (message.length === 0 || message.length > LARGEST_PREFIX) {
    throw new UnencodableMessageError('length', `${message.length} bytes do not fit a frame`);
  }
  const framed = Buffer.allocUnsafe(LENGTH_PREFIX_BYTES + message.length);
  framed.writeUInt16BE(message.length, 0);
  message.copy(framed, LENGTH_PREFIX_BYTES);
  return framed;
}

/** Cuts a stream of bytes into messages, however the network split or joined them. */
export class FrameDecoder {
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly maxMessageBytes: number = DEFAULT_MAX_MESSAGE_BYTES) {}

  /** Bytes of a message that has begun and is not whole yet. */
  get pendingBytes(): number {
    return this.pending.length;
  }

  /**
   * Takes the next bytes and hands over each message they complete, in order. Throws
   * `MalformedMessageError` on a length of zero or above the most allowed, after the messages that
   * came before it: a bad message costs none of the good ones.
   */
  push(chunk: Buffer, onMessage: (message: Buffer) => void): void {
    const bytes = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    let offset = 0;
    while (bytes.length - offset >= LENGTH_PREFIX_BYTES) {
      const length = bytes.readUInt16BE(offset);
      if (length === 0 || length > this.maxMessageBytes) {
        throw new MalformedMessageError('length', 0, `${length} bytes announced`);
      }
      const end = offset + LENGTH_PREFIX_BYTES + length;
      if (end > bytes.length) break;
      onMessage(bytes.subarray(offset + LENGTH_PREFIX_BYTES, end));
      offset = end;
    }
    // A copy, so that a few late bytes do not keep a whole network buffer alive.
    this.pending = offset === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(offset));
  }
}
