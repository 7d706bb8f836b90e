/**
 * One message of ISO 8583:1987, its fields as text. Field 1, the secondary bitmap, is the codec's own
 * business and never appears here. Card data lives in fields 2, 14, 35, 45, 52 and others: log
 * `describeMessage(message)`, never the message.
 */
export type Iso8583Message = {
  /** Message type indicator, four digits: 0100 authorisation, 0400 reversal, 0800 network … */
  readonly mti: string;
  /** Value of each field present, by field number (2 to 128). Binary fields are hexadecimal text. */
  readonly fields: Readonly<Record<number, string>>;
};

/** The place a message was found wrong at: its frame, its type, its bitmap, a field, or its end. */
export type MessagePart = 'length' | 'mti' | 'bitmap' | 'end' | number;

/**
 * Bytes that are no message. Names the part and the offset in the message, and never the bytes: they
 * may be a card number.
 */
export class MalformedMessageError extends Error {
  constructor(
    readonly part: MessagePart,
    readonly offset: number,
    readonly problem: string,
  ) {
    super(`malformed message, ${nameOf(part)} at offset ${offset}: ${problem}`);
    this.name = 'MalformedMessageError';
  }
}

/** A message of ours that the standard has no bytes for. A bug of the caller; never holds the value. */
export class UnencodableMessageError extends Error {
  constructor(
    readonly part: MessagePart,
    readonly problem: string,
  ) {
    super(`message cannot be encoded, ${nameOf(part)}: ${problem}`);
    this.name = 'UnencodableMessageError';
  }
}

function nameOf(part: MessagePart): string {
  return typeof part === 'number' ? `field ${part}` : part;
}
