import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { LOGGED, NEEDS, PUBLIC, UNLOGGED } from '@encaisse/platform/http';

/** A route as its controller declares it. */
export type DeclaredRoute = {
  readonly name: string;
  readonly needs: string | undefined;
  readonly isPublic: boolean;
  readonly logged: string | undefined;
  readonly changesNothing: boolean;
};

type ModuleLike = Type | DynamicModule | { readonly forwardRef: () => ModuleLike };

/** The routes of modules and of all they import, read from what decorators left on the classes. */
export function declaredRoutes(modules: readonly ModuleLike[]): DeclaredRoute[] {
  const controllers = new Set<Type>();
  const seen = new Set<unknown>();
  const visit = (one: ModuleLike): void => {
    if (seen.has(one)) return;
    seen.add(one);
    if ('forwardRef' in one) return visit(one.forwardRef());
    const isDynamic = 'module' in one;
    const type = isDynamic ? one.module : one;
    const listed = <Kind>(name: string): Kind[] => [
      ...((Reflect.getMetadata(name, type) as Kind[] | undefined) ?? []),
      ...(isDynamic ? ((one as unknown as Record<string, Kind[] | undefined>)[name] ?? []) : []),
    ];
    for (const controller of listed<Type>('controllers')) controllers.add(controller);
    for (const imported of listed<ModuleLike>('imports')) visit(imported);
  };
  for (const one of modules) visit(one);
  return [...controllers].flatMap(routesOf);
}

function routesOf(controller: Type): DeclaredRoute[] {
  const members = Object.getOwnPropertyDescriptors(controller.prototype as object);
  return Object.values(members).flatMap(({ value }) => {
    const handler: unknown = value;
    if (typeof handler !== 'function' || handler === controller) return [];
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const declared = (key: symbol) =>
      (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)) as unknown;
    const path = [pathOf(controller), pathOf(handler)].filter((part) => part !== '').join('/');
    return {
      name: `${RequestMethod[method]} /${path.replace(/:(\w+)/g, '{$1}')}`,
      needs: declared(NEEDS) as string | undefined,
      isPublic: declared(PUBLIC) === true,
      logged: declared(LOGGED) as string | undefined,
      changesNothing: declared(UNLOGGED) === true,
    };
  });
}

function pathOf(target: object): string {
  const path = Reflect.getMetadata('path', target) as string | readonly string[] | undefined;
  const text = typeof path === 'string' ? path : (path?.[0] ?? '');
  return text.replace(/^\/+|\/+$/g, '');
}
