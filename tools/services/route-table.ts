/** The part of an OpenAPI document that tells which routes a service has. */
export type RoutesOf = { readonly paths: Readonly<Record<string, object>> };

type Route<Owner> = {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly owner: Owner;
};

/** Routes every service has; each answers them for itself. */
const COMMON = /^\/(health\/|metrics$|dev\/(clock|tokens)|api\/(docs|openapi|asyncapi))/;

/**
 * Which service answers which route, as the services' own OpenAPI documents say. Nothing is listed by
 * hand, so a route that moves to another service is found there.
 */
export class RouteTable<Owner> {
  private readonly routes: Route<Owner>[] = [];

  add(owner: Owner, { paths }: RoutesOf): void {
    for (const [path, methods] of Object.entries(paths)) {
      if (COMMON.test(path)) continue;
      for (const method of Object.keys(methods))
        this.routes.push({ method: method.toUpperCase(), path, pattern: patternOf(path), owner });
    }
    // A fixed word is more particular than a parameter at the same place.
    this.routes.sort((one, other) => parameters(one.path) - parameters(other.path));
  }

  /** Routes as `METHOD path`, sorted. */
  get names(): readonly string[] {
    return this.routes.map(({ method, path }) => `${method} ${path}`).sort();
  }

  /** Whose route it is; of a path without that method whoever has the path, so that it says so. */
  ownerOf(method: string, path: string): Owner | undefined {
    const candidates = this.routes.filter(({ pattern }) => pattern.test(path));
    return (candidates.find((route) => route.method === method) ?? candidates[0])?.owner;
  }
}

function patternOf(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) => (part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^$()[\]\\|]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}/?$`);
}

function parameters(path: string): number {
  return path.split('{').length - 1;
}
