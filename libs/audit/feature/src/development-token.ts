import { ENVIRONMENTS, type Environment, isUuid } from '@encaisse/kernel';
import { ROOT_NODE, TOKEN_SCOPES, Tokens, type TokenScope } from '@encaisse/platform/http';
import { keptKey, openDataDirectory, type Settings } from '@encaisse/platform/runtime';
import { CommandRefused } from './command-refused';

/** What is asked for, as written. */
export type DevelopmentTokenRequest = {
  readonly login: string;
  /** Id of a node, or root. */
  readonly node: string;
  /** Separated by commas. */
  readonly scopes: string;
  readonly environment: string;
  readonly lifetimeSeconds: number;
};

export type DevelopmentToken = {
  readonly token: string;
  readonly environment: Environment;
  readonly scopes: readonly TokenScope[];
  readonly lifetimeSeconds: number;
};

/** Signs a token as the product does. Refused in production, where people sign in. */
export async function issueDevelopmentToken(
  settings: Settings,
  { login, node, scopes, environment, lifetimeSeconds }: DevelopmentTokenRequest,
): Promise<DevelopmentToken> {
  if (settings.nodeEnvironment === 'production')
    throw new CommandRefused('development tokens are refused when NODE_ENV=production');
  const wanted = scopes.split(',').map((scope) => scope.trim());
  const granted = TOKEN_SCOPES.filter((scope) => wanted.includes(scope));
  if (granted.length !== wanted.length)
    throw new CommandRefused(`--scopes takes ${TOKEN_SCOPES.join(', ')}, separated by commas`);
  if (node !== ROOT_NODE && !isUuid(node))
    throw new CommandRefused('--node takes the id of a node, or root');
  const named = ENVIRONMENTS.find((one) => one === environment);
  if (!named) throw new CommandRefused(`--environment takes ${ENVIRONMENTS.join(' or ')}`);
  const key = settings.tokenKey ?? keptKey(openDataDirectory(settings.dataDir), 'token.key');
  const token = await new Tokens(Buffer.from(key, 'hex')).issue({
    login,
    displayName: login,
    nodeId: node,
    environment: named,
    scopes: granted,
    lifetimeSeconds,
  });
  return { token, environment: named, scopes: granted, lifetimeSeconds };
}
