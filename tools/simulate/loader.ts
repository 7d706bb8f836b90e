import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { compileFunction } from 'node:vm';
import { host } from './host';
import { inertPackage } from './inert-package';
import { nestCommon, nestCqrs } from './nest-stand-in';
import {
  GLOBAL_NAMES,
  type Globals,
  guardedCrypto,
  guardedGlobals,
  virtualCrypto,
  virtualGlobals,
  virtualTimerPromises,
} from './virtual-globals';

/** The compiled tree this file lies in. */
const DIST = join(__dirname, '..', '..');
const PLATFORM = `libs${sep}platform${sep}`;
const LIBS = `libs${sep}`;
/** Shared with the code outside: the one machine there is. */
const OUTSIDE = new Set(['tools/simulate/host', 'tools/simulate/nest-stand-in']);

/** Mails leave the simulated world: an inert package stands for what writes them. */
const MAILS = 'libs/platform/mail/';

/** A change of a compiled source that must fit in exactly one place. */
export type Patch = {
  /** Path below the repository root, without extension: `libs/kernel/src/money`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};

/** A patch that no longer fits what it was written for. */
export class StalePatch extends Error {}

/** A compiled text with a patch in its one place. Throws StalePatch. */
export function planted(source: string, { file, find, replace }: Patch): string {
  const places = source.split(find).length - 1;
  if (places !== 1)
    throw new StalePatch(`« ${find} » stands ${places} times in ${file}, once expected`);
  return source.replace(find, () => replace);
}

/** Packages that the simulated programs really run: pure ones. */
const REAL_PACKAGES =
  /^(luxon|fast-xml-parser|card-validator(\/.*)?|@swc\/helpers.*|reflect-metadata|commander)$/;
const NODE_MODULES_KEPT = /^node:(async_hooks|buffer|events|os|util|path)$/;

type LoadedModule = { exports: object };
const sources = new Map<string, string>();

function sourceOf(path: string): string {
  let source = sources.get(path);
  if (source === undefined) sources.set(path, (source = readFileSync(path, 'utf8')));
  return source;
}

/**
 * Loads the compiled product into a module graph of its own, where time, timers and chance are the
 * virtual machine's. Modules of `libs/` outside the platform are refused them altogether. HTTP and pg
 * are not loaded: inert packages stand in their place, and for kafkajs a counterpart over a simulated broker.
 */
export class SimulationLoader {
  private readonly modules = new Map<string, LoadedModule>();
  private readonly inert = new Map<string, object>();
  private readonly real = createRequire(__filename);
  private readonly virtual = virtualGlobals();
  private readonly patched = new Set<Patch>();

  constructor(private readonly patches: readonly Patch[] = []) {}

  /** The exports of a compiled module, by its path without extension. */
  load(file: string): object {
    return this.loadFile(join(DIST, `${file}.js`));
  }

  /** The same, once every patch must have found its place. Throws StalePatch. */
  loadWhole(file: string): object {
    const exports = this.load(file);
    const missed = this.patches.find((patch) => !this.patched.has(patch));
    if (missed !== undefined) throw new StalePatch(`${missed.file} is no part of the simulation`);
    return exports;
  }

  private loadFile(path: string): object {
    const known = this.modules.get(path);
    if (known) return known.exports;
    const module: LoadedModule = { exports: {} };
    this.modules.set(path, module);
    const globals = this.globalsOf(path);
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const compiled = compileFunction(this.patchedSource(path), [...parameters, ...GLOBAL_NAMES], {
      filename: path,
    }) as (...values: unknown[]) => void;
    const requireFrom = (request: string) => this.require(request, path);
    compiled(
      module.exports,
      requireFrom,
      module,
      path,
      dirname(path),
      ...GLOBAL_NAMES.map((name) => globals[name]),
    );
    return module.exports;
  }

  private globalsOf(path: string): Globals {
    const name = relative(DIST, path);
    return isGuarded(name) ? guardedGlobals(name) : this.virtual;
  }

  private patchedSource(path: string): string {
    const name = relative(DIST, path).replace(/\.js$/, '').split(sep).join('/');
    let source = sourceOf(path);
    for (const patch of this.patches) {
      if (patch.file !== name) continue;
      source = planted(source, patch);
      this.patched.add(patch);
    }
    return source;
  }

  private require(request: string, from: string): unknown {
    if (request.startsWith('.')) {
      const path = join(dirname(from), request.endsWith('.js') ? request : `${request}.js`);
      const name = relative(DIST, path).replace(/\.js$/, '').split(sep).join('/');
      if (name.startsWith(MAILS)) return this.packageOf('mails');
      return OUTSIDE.has(name) ? (this.real(path) as unknown) : this.loadFile(path);
    }
    const isOurs = from.startsWith(DIST);
    const name = relative(DIST, from);
    switch (request) {
      case 'node:crypto':
        return isOurs && isGuarded(name) ? guardedCrypto(name) : virtualCrypto();
      case 'node:timers/promises':
        return isOurs && isGuarded(name) ? {} : virtualTimerPromises;
      case 'uuidv7':
        return { uuidv7: () => host.machine.uuidv7() };
      case '@nestjs/common':
        return nestCommon;
      case '@nestjs/cqrs':
        return nestCqrs;
      case 'kafkajs':
        return this.load('tools/simulate/world/kafkajs');
      case 'luxon':
        return this.loadFile(this.real.resolve('luxon'));
      default:
        return this.packageOf(request);
    }
  }

  private packageOf(request: string): unknown {
    if (REAL_PACKAGES.test(request) || NODE_MODULES_KEPT.test(request))
      return this.real(request) as unknown;
    let inert = this.inert.get(request);
    if (!inert) this.inert.set(request, (inert = inertPackage(request)));
    return inert;
  }
}

/** Only adapters of the platform may ask the machine. */
function isGuarded(name: string): boolean {
  return name.startsWith(LIBS) && !name.startsWith(PLATFORM);
}
