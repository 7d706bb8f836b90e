import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** Verified where there is no password, so that an unknown login costs what a known one does. */
const NOBODYS_PASSWORD = hash('a password that nobody has');

/** Argon2id (RFC 9106) with the library's defaults: 19 MiB, two passes, one lane. */
@Injectable()
export class PasswordHashing {
  hash(password: string): Promise<string> {
    return hash(password);
  }

  /** False for a null hash too, after the same work. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const isRight = await verify(stored ?? (await NOBODYS_PASSWORD), password);
    return stored !== null && isRight;
  }
}
