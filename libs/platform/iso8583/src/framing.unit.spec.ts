import * as fc from 'fast-check';
import { FrameDecoder, MalformedMessageError, UnencodableMessageError, frame } from './index';

function decodeAll(decoder: FrameDecoder, chunks: readonly Buffer[]): string[] {
  const messages: string[] = [];
  for (const chunk of chunks) decoder.push(chunk, (bytes) => messages.push(bytes.toString()));
  return messages;
}

describe('Frame messages on a connection', () => {
  it('writes the length in two bytes, most significant first', () => {
    expect(frame(Buffer.from('0800')).toString('hex')).toBe('000430383030');
    expect(frame(Buffer.alloc(258)).subarray(0, 2).toString('hex')).toBe('0102');
  });

  it('refuses to write what two bytes cannot count', () => {
    expect(() => frame(Buffer.alloc(0))).toThrow(UnencodableMessageError);
    expect(() => frame(Buffer.alloc(65536))).toThrow(UnencodableMessageError);
  });

  it('gives back the messages however the bytes are cut', () => {
    const messages = fc.array(fc.string({ minLength: 1, maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.nat(500)), (texts, cuts) => {
        const bytes = Buffer.concat(texts.map((text) => frame(Buffer.from(text))));
        const chunks: Buffer[] = [];
        let offset = 0;
        for (const size of cuts) {
          chunks.push(bytes.subarray(offset, offset + size));
          offset += size;
        }
        chunks.push(bytes.subarray(offset));
        const decoder = new FrameDecoder();
        expect(decodeAll(decoder, chunks)).toEqual(texts);
        expect(decoder.pendingBytes).toBe(0);
      }),
    );
  });

  it('gives back the messages byte by byte', () => {
    const bytes = Buffer.concat([frame(Buffer.from('0800')), frame(Buffer.from('0810'))]);
    const chunks = [...bytes].map((byte) => Buffer.from([byte]));
    expect(decodeAll(new FrameDecoder(), chunks)).toEqual(['0800', '0810']);
  });

  it.each([
    ['zero', Buffer.from([0, 0])],
    ['above the most allowed', Buffer.from([0, 11])],
  ])('refuses a length %s, after the messages before it', (_case, bad) => {
    const messages: string[] = [];
    const decoder = new FrameDecoder(10);
    const chunk = Buffer.concat([frame(Buffer.from('0123456789')), bad]);
    const push = () => decoder.push(chunk, (bytes) => messages.push(bytes.toString()));
    expect(push).toThrow(MalformedMessageError);
    expect(messages).toEqual(['0123456789']);
  });

  it('counts the bytes of a message that has only begun', () => {
    const decoder = new FrameDecoder();
    expect(decodeAll(decoder, [Buffer.from([0, 4, 0x30])])).toEqual([]);
    expect(decoder.pendingBytes).toBe(3);
  });
});
