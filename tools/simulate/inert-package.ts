/**
 * Stands for a package that decorates or describes code and has no part in what it does: Nest's
 * decorators, Swagger, class-validator, TypeORM, Fastify, pg. Any name of it is a decorator factory, a
 * decorator and a class at once. What a simulated program calls for a result, it would notice: it gets
 * none.
 */
export function inertPackage(name: string): object {
  const members = new Map<string, unknown>([
    ['__esModule', true],
    // Its results are decorator factories, one call further from the parameter than other names.
    ['createParamDecorator', () => () => nothing],
    ['types', { builtins: {}, setTypeParser: nothing }],
  ]);
  return new Proxy(
    {},
    {
      get: (_target, member) => {
        if (typeof member === 'symbol') return undefined;
        if (!members.has(member)) members.set(member, inertMember(`${name}.${member}`));
        return members.get(member);
      },
      has: () => true,
    },
  );
}

function nothing(): void {
  return;
}

function inertMember(name: string): unknown {
  // A function, so that it can be called as a factory, extended as a class and used as a decorator.
  const member = function inert(this: unknown): unknown {
    return (new.target as unknown) === undefined ? nothing : undefined;
  };
  Object.defineProperty(member, 'name', { value: name });
  return member;
}
