import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ACTIONS } from '@encaisse/platform/access';
import { SESSION_COOKIE } from '@encaisse/platform/http';

/** Each action is a scope of its own. */
function scopesOfActions(): Record<string, string> {
  return Object.fromEntries(ACTIONS.map((action) => [action, `The right « ${action} »`]));
}

/** The OpenAPI 3.1 document of the routes of an application. */
export function apiDocument(app: NestFastifyApplication, service: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Encaisse — ${service}`)
    .setVersion('1')
    .setDescription(
      'Amounts are { minor, currency } in ISO 4217 minor units. Refusals are application/problem+json. ' +
        'A command carries an id (UUIDv7) or an Idempotency-Key header and answers Ledger-Position; ' +
        'a read sent with that header waits until it has been reached.',
    )
    .addCookieAuth(
      SESSION_COOKIE,
      { type: 'apiKey', description: 'People, after POST /api/v1/session' },
      'session',
    )
    .addBearerAuth(
      { type: 'http', description: 'An API key, or a token of POST /oauth/token' },
      'bearer',
    )
    .addOAuth2(
      {
        type: 'oauth2',
        description: 'Machines, by the id and the secret of an API key (RFC 6749 §4.4)',
        flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: scopesOfActions() } },
      },
      'oauth2',
    )
    .addSecurityRequirements('session')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('oauth2')
    .build();
  return SwaggerModule.createDocument(app, config, { autoTagControllers: false });
}

/** Serves the document at /api/openapi.json and its viewer at /api/docs. */
export function describeApi(app: NestFastifyApplication, service: string): void {
  SwaggerModule.setup('api/docs', app, () => apiDocument(app, service), {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
    customSiteTitle: 'Encaisse API',
  });
}
