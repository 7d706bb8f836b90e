import 'reflect-metadata';

type Class = new (...parameters: never[]) => object;
type Token = Class | symbol | string;
type Provider =
  | Class
  | { readonly provide: Token; readonly useValue: unknown }
  | { readonly provide: Token; readonly useClass: Class }
  | {
      readonly provide: Token;
      readonly inject?: readonly Token[];
      readonly useFactory: (...parameters: unknown[]) => unknown;
    };
type ModuleMetadata = {
  readonly controllers?: readonly Class[];
  readonly providers?: readonly Provider[];
};

const MODULE = Symbol('module');
const INJECTED = Symbol('injected');
const COMMAND = Symbol('command');

/** A decorator factory, and a class to extend: of what has no part in the wiring. */
function decorate(): unknown {
  return (new.target as unknown) === undefined ? (): void => undefined : undefined;
}

/** `@nestjs/common` as far as wiring goes; all it says of HTTP is left out. */
export const nestCommon: object = new Proxy(
  {
    Module: (metadata: ModuleMetadata) => (target: object) =>
      Reflect.defineMetadata(MODULE, metadata, target),
    Inject: (token: Token) => (target: object, _key: unknown, index: number) => {
      const tokens = (Reflect.getOwnMetadata(INJECTED, target) ?? new Map()) as Map<number, Token>;
      Reflect.defineMetadata(INJECTED, tokens.set(index, token), target);
    },
    createParamDecorator: () => decorate,
  },
  { get: (known, name) => (Reflect.get(known, name) as unknown) ?? decorate },
);

/** Carries out commands with the handler its class was decorated for. */
class CommandBus {
  readonly handlers = new Map<unknown, { execute(command: object): Promise<unknown> }>();

  execute(command: object): Promise<unknown> {
    const handler = this.handlers.get(command.constructor);
    if (!handler) throw new Error(`no handler for ${command.constructor.name}`);
    return handler.execute(command);
  }
}

/** `@nestjs/cqrs` as far as commands go. */
export const nestCqrs = {
  Command: class Command {},
  CommandBus,
  CommandHandler: (command: Class) => (target: object) =>
    Reflect.defineMetadata(COMMAND, command, target),
};

/**
 * Puts the objects of the product's own modules together, by the same declarations as Nest does: what a
 * module provides and what constructors ask for. Some are replaced by simulated ones, by name.
 */
export class Container {
  private readonly instances = new Map<Token, unknown>();
  private readonly recipes = new Map<Token, Provider>();
  private readonly names = new Map<string, Token>();
  readonly commands = new CommandBus();

  constructor(
    values: ReadonlyMap<Token, unknown>,
    private readonly replacements: Readonly<Record<string, unknown>>,
  ) {
    for (const [token, value] of values) this.instances.set(token, value);
    this.instances.set(CommandBus, this.commands);
  }

  /** Makes everything the modules declare, then tells those that want to know. */
  async open(modules: readonly object[]): Promise<void> {
    for (const module of modules) {
      const { providers = [], controllers = [] } = Reflect.getMetadata(
        MODULE,
        module,
      ) as ModuleMetadata;
      for (const provider of [...providers, ...controllers]) this.declare(provider);
    }
    const made = [...this.recipes.keys()].map((token) => this.get(token));
    for (const one of made) {
      const { onModuleInit } = one as { onModuleInit?: () => unknown };
      if (onModuleInit) await onModuleInit.call(one);
    }
  }

  /** What was made of a class, by its name. */
  named(name: string): unknown {
    const token = this.names.get(name);
    if (token === undefined) throw new Error(`no module provides ${name}`);
    return this.get(token);
  }

  /** What stands for a token. */
  valueOfToken(token: unknown): unknown {
    return this.get(token as Token);
  }

  private declare(provider: Provider): void {
    const token = typeof provider === 'function' ? provider : provider.provide;
    this.recipes.set(token, provider);
    if (typeof token === 'function') this.names.set(token.name, token);
  }

  private get(token: Token): unknown {
    if (this.instances.has(token)) return this.instances.get(token);
    const name = typeof token === 'function' ? token.name : String(token);
    const recipe = this.recipes.get(token);
    const replaced = this.replacements[name];
    if (replaced === undefined && !recipe) throw new Error(`nothing provides ${name}`);
    const instance = replaced ?? this.make(recipe!);
    this.instances.set(token, instance);
    return instance;
  }

  private make(recipe: Provider): unknown {
    if (typeof recipe === 'function') return this.construct(recipe);
    if ('useValue' in recipe) return recipe.useValue;
    if ('useClass' in recipe) return this.construct(recipe.useClass);
    return recipe.useFactory(...(recipe.inject ?? []).map((token) => this.get(token)));
  }

  private construct(type: Class): object {
    const types = (Reflect.getMetadata('design:paramtypes', type) ?? []) as Token[];
    const named = (Reflect.getOwnMetadata(INJECTED, type) ?? new Map()) as Map<number, Token>;
    const parameters = types.map((token, index) => this.get(named.get(index) ?? token));
    const instance = new type(...(parameters as never[]));
    const command = Reflect.getOwnMetadata(COMMAND, type) as unknown;
    if (command !== undefined)
      this.commands.handlers.set(command, instance as { execute(): Promise<unknown> });
    return instance;
  }
}
