import { createHash } from 'node:crypto';
import { createReadStream, type FSWatcher, mkdirSync, watch } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DropFile, type DropFileWriter, FileDrop, type WrittenFile } from './file-drop';

const BUFFER_CHARACTERS = 256 * 1024;
/** Watching a folder can miss changes (network drives); looking again now and then does not. */
const POLL_MILLIS = 2000;
const PARTIAL = '.partial';

/** Folders on a disk that both sides see. */
export class FolderFileDrop extends FileDrop {
  constructor(private readonly root: string) {
    super();
  }

  async create({ folder, name }: DropFile): Promise<DropFileWriter> {
    const directory = join(this.root, folder);
    const path = join(directory, safeName(name));
    await mkdir(directory, { recursive: true });
    const temporary = join(directory, `.${name}${PARTIAL}`);
    return new FolderFileWriter(name, temporary, path, directory, await open(temporary, 'w'));
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      const entries = await readdir(join(this.root, folder), { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => entry.name)
        .sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async *read({ folder, name }: DropFile): AsyncIterable<string> {
    const path = join(this.root, folder, safeName(name));
    const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: BUFFER_CHARACTERS });
    for await (const piece of stream) yield piece as string;
  }

  async move({ folder, name }: DropFile, target: string): Promise<boolean> {
    const directory = join(this.root, target);
    await mkdir(directory, { recursive: true });
    try {
      await rename(join(this.root, folder, safeName(name)), join(directory, name));
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await syncDirectory(directory);
    return true;
  }

  watch(folder: string, onChange: () => void): () => void {
    const directory = join(this.root, folder);
    mkdirSync(directory, { recursive: true });
    let watcher: FSWatcher | undefined;
    try {
      watcher = watch(directory, { persistent: false }, onChange);
      watcher.on('error', () => watcher?.close());
    } catch {
      // Out of watches: looking now and then is enough, only slower.
    }
    const poll = setInterval(onChange, POLL_MILLIS);
    poll.unref();
    return () => {
      clearInterval(poll);
      watcher?.close();
    };
  }
}

class FolderFileWriter implements DropFileWriter {
  private readonly hash = createHash('sha256');
  private bytes = 0;
  private pending: string[] = [];
  private pendingLength = 0;

  constructor(
    private readonly name: string,
    private readonly temporary: string,
    private readonly path: string,
    private readonly directory: string,
    private readonly handle: FileHandle,
  ) {}

  async write(text: string): Promise<void> {
    this.pending.push(text);
    this.pendingLength += text.length;
    if (this.pendingLength >= BUFFER_CHARACTERS) await this.flush();
  }

  async finish(): Promise<WrittenFile> {
    await this.flush();
    await this.handle.sync();
    await this.handle.close();
    await rename(this.temporary, this.path);
    await syncDirectory(this.directory);
    return { name: this.name, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  async discard(): Promise<void> {
    await this.handle.close();
    await rm(this.temporary, { force: true });
  }

  private async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const buffer = Buffer.from(this.pending.join(''), 'utf8');
    this.pending = [];
    this.pendingLength = 0;
    this.hash.update(buffer);
    this.bytes += buffer.length;
    await this.handle.writeFile(buffer);
  }
}

/** A rename is durable once the folder that holds the name is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function safeName(name: string): string {
  if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name))
    throw new Error(`not the name of a file: ${JSON.stringify(name)}`);
  return name;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
