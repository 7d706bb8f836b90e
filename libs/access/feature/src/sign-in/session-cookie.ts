import { SESSION_COOKIE } from '@encaisse/platform/http';
import { stringifySetCookie } from 'cookie';
import type { FastifyReply } from 'fastify';

const OPTIONS = { name: SESSION_COOKIE, httpOnly: true, sameSite: 'strict', path: '/' } as const;

/** Out of reach of scripts and of other sites; over TLS alone in production. */
export function setSessionCookie(reply: FastifyReply, token: string, isSecure: boolean): void {
  const cookie = stringifySetCookie({ ...OPTIONS, value: token, secure: isSecure });
  void reply.header('set-cookie', cookie).header('cache-control', 'no-store');
}

export function clearSessionCookie(reply: FastifyReply, isSecure: boolean): void {
  const cookie = stringifySetCookie({ ...OPTIONS, value: '', secure: isSecure, maxAge: 0 });
  void reply.header('set-cookie', cookie);
}
