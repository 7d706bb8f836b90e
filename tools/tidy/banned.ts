/** A call that has a better one here, and which one. */
export type Banned = {
  readonly what: string;
  readonly pattern: RegExp;
  readonly instead: string;
};

/** Banned in the code of apps and libs; specs are free. */
export const BANNED_CALLS: readonly Banned[] = [
  {
    what: 'writing to the console',
    pattern: /\bconsole\.\w+\(/,
    instead: 'the injected logger, which redacts',
  },
  {
    what: 'reading an amount as a float',
    pattern: /\bparseFloat\(/,
    instead: 'whole minor units (Money)',
  },
  {
    what: 'writing an amount from a float',
    pattern: /\.toFixed\(/,
    instead: 'the amount formats of the kernel',
  },
  {
    what: 'copying through JSON',
    pattern: /JSON\.parse\(\s*JSON\.stringify/,
    instead: 'structuredClone, or no copy at all: facts are read-only',
  },
  {
    what: 'running text as code',
    pattern: /\beval\(|\bnew Function\(/,
    instead: 'a table of functions',
  },
  {
    what: 'an asynchronous forEach',
    pattern: /\.forEach\(\s*async\b/,
    instead: 'for … of with await, or Promise.all: nobody waits for forEach',
  },
  {
    what: 'silencing the compiler',
    pattern: /@ts-(ignore|nocheck)\b/,
    instead: 'a type that tells the truth',
  },
  {
    what: 'a broken digest',
    pattern: /createHash\(\s*['"](md5|sha1)['"]/,
    instead: 'SHA-256',
  },
  {
    what: 'trusting any certificate',
    pattern: /rejectUnauthorized:\s*false/,
    instead: 'the certificate authority of the peer',
  },
];

/** Banned in every text of the repository. Written in pieces, so that this file breaks no rule itself. */
export const BANNED_TEXTS: readonly Banned[] = [
  {
    what: 'work left for later',
    pattern: new RegExp(`\\b(${'TO' + 'DO'}|${'FIX' + 'ME'})\\b`),
    instead: 'the work, or nothing',
  },
  {
    what: 'a path of one machine',
    pattern: new RegExp(
      ['/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/\\w', '/Us' + 'ers/\\w'].join('|'),
    ),
    instead: 'a path from the root of the repository',
  },
  {
    what: 'a host of a private network',
    pattern:
      /https?:\/\/[^\s'"/`)]*(\.internal|\.local|\.lan|\.corp)\b|\b(10\.\d{1,3}|192\.168)\.\d{1,3}\.\d{1,3}\b/,
    instead: 'a setting',
  },
];
