/** A file in a drop: the folder it lies in, such as `out` or `in/done`, and its name. */
export type DropFile = { readonly folder: string; readonly name: string };

/** What was written. */
export type WrittenFile = {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
};

/** Writes one file piece by piece. Others see nothing of it until it is finished. */
export type DropFileWriter = {
  /** Resolves when more can be written without piling it up in memory. */
  write(text: string): Promise<void>;
  /** Makes the file durable and visible under its name, in place of one of the same name. */
  finish(): Promise<WrittenFile>;
  /** Removes what was written so far. */
  discard(): Promise<void>;
};

/**
 * Where files are exchanged with a partner (D12): files appear whole or not at all, and stay until
 * somebody moves them. Folder names are relative and made by the program; file names may come from
 * the partner, and are refused when they hold a path.
 */
export abstract class FileDrop {
  abstract create(file: DropFile): Promise<DropFileWriter>;
  /** Names of the whole files in a folder, in alphabetical order. Empty when there is no folder. */
  abstract list(folder: string): Promise<readonly string[]>;
  /** The content as UTF-8 text, in pieces. Throws when there is no such file. */
  abstract read(file: DropFile): AsyncIterable<string>;
  /** Moves a file to another folder, in place of one of the same name. False when it is gone. */
  abstract move(file: DropFile, folder: string): Promise<boolean>;
  /** Calls back when something may have changed in a folder. The result ends the watching. */
  abstract watch(folder: string, onChange: () => void): () => void;
}

/** Writes a whole small file at once. */
export async function writeWhole(
  drop: FileDrop,
  file: DropFile,
  text: string,
): Promise<WrittenFile> {
  const writer = await drop.create(file);
  await writer.write(text);
  return writer.finish();
}

/** Reads a file that is small enough for memory. Throws beyond the limit, in UTF-16 code units. */
export async function readWhole(drop: FileDrop, file: DropFile, limit: number): Promise<string> {
  let text = '';
  for await (const piece of drop.read(file)) {
    text += piece;
    if (text.length > limit) throw new Error(`${file.name} is longer than ${limit} characters`);
  }
  return text;
}
