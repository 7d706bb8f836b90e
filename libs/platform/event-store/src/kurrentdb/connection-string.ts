/** Where the server is and how to reach it. Holds credentials: never logged, never in a message. */
export type KurrentDbAddress = {
  /** As the client reads it. */
  readonly connectionString: string;
  /** The hosts alone, which may be told. */
  readonly hosts: string;
};

const SCHEMES: Readonly<Record<string, string>> = {
  esdb: 'esdb',
  'esdb+discover': 'esdb+discover',
  kurrentdb: 'esdb',
  'kurrentdb+discover': 'esdb+discover',
  kurrent: 'esdb',
  'kurrent+discover': 'esdb+discover',
};

/** What the client understands. It would print a string with any other key, password and all. */
const OPTIONS = [
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'gossiptimeout',
  'keepaliveinterval',
  'keepalivetimeout',
  'maxdiscoverattempts',
  'nodepreference',
  'tls',
  'tlscafile',
  'usercertfile',
  'userkeyfile',
];

/**
 * Reads `esdb://user:password@host:2113?tls=true` and its kin: `kurrentdb`, `+discover` for a cluster,
 * several hosts between commas. Throws with the rule that is broken and never with the string itself.
 */
export function kurrentDbAddress(url: string): KurrentDbAddress {
  const [, name = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/s.exec(url.trim()) ?? [];
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (scheme === undefined)
    throw new Error('begins with esdb:// or kurrentdb://, or with +discover for a cluster');
  const [authority, query] = splitOnce(rest, '?');
  const hosts = authority.replace(/\/+$/, '').split('@').at(-1) ?? '';
  if (!/^[\w.-]+(:\d{1,5})?(,[\w.-]+(:\d{1,5})?)*$/.test(hosts))
    throw new Error('names its hosts as host:port, with commas between them');
  for (const pair of query === '' ? [] : query.split('&')) {
    const [key] = splitOnce(pair, '=');
    if (!OPTIONS.includes(key.toLowerCase().replace(/[_-]/g, '')))
      throw new Error(`has no such option as ${key}`);
  }
  return { connectionString: `${scheme}://${rest}`, hosts };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
