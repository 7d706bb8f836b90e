import { kurrentDbAddress } from './connection-string';

describe('The address of an event store server', () => {
  it.each([
    ['esdb://localhost:2113?tls=false', 'esdb://localhost:2113?tls=false', 'localhost:2113'],
    ['kurrentdb://db?tls=true', 'esdb://db?tls=true', 'db'],
    ['esdb://a:b@h1:1,h2:2/', 'esdb://a:b@h1:1,h2:2/', 'h1:1,h2:2'],
    [
      'kurrentdb+discover://u:p@c.example:2113',
      'esdb+discover://u:p@c.example:2113',
      'c.example:2113',
    ],
  ])('is read from %s', (url, connectionString, hosts) => {
    expect(kurrentDbAddress(url)).toEqual({ connectionString, hosts });
  });

  it.each([
    ['postgres://u:hush@h', 'begins with esdb'],
    ['esdb://u:hush@', 'names its hosts'],
    ['esdb://u:hush@h:1?tls=true&colour=blue', 'no such option as colour'],
    ['esdb://u:hush@h:1?tlsVerifyCert=false', 'no such option as tlsVerifyCert'],
  ])('is refused with the rule broken and without its secret: %s', (url, rule) => {
    expect(() => kurrentDbAddress(url)).toThrow(rule);
    expect(() => kurrentDbAddress(url)).not.toThrow('hush');
  });
});
