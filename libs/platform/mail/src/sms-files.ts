import { mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryOutcome, MessageTransport, OpenMessage } from './transport';

/** A short message as it lies in its file. */
export type SmsFile = {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly writtenAt: Date;
};

const NAME = /^([0-9a-f-]{36})\.txt$/;

/** The local counterpart of a gateway: each short message is a file, its number on the first line. */
export class SmsFileTransport implements MessageTransport {
  constructor(private readonly folder: string) {}

  async deliver({ id, recipient, text }: OpenMessage): Promise<DeliveryOutcome> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, `${id}.txt`);
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      await file.writeFile(`${recipient}\n${text}\n`);
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    return { kind: 'accepted' };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The last short messages of a folder, newest first. */
export async function readSmsFiles(folder: string, most: number): Promise<readonly SmsFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names.flatMap((name) => {
      const id = NAME.exec(name)?.[1];
      return id === undefined ? [] : [readSms(join(folder, name), id)];
    }),
  );
  files.sort((one, other) => other.writtenAt.getTime() - one.writtenAt.getTime());
  return files.slice(0, most);
}

async function readSms(path: string, id: string): Promise<SmsFile> {
  const [content, { mtime }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
  const [to = '', ...lines] = content.split('\n');
  return { id, to, text: lines.join('\n').trimEnd(), writtenAt: mtime };
}
