import { Inject, Injectable } from '@nestjs/common';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { OpenFactor } from './factors';

/** What is kept of a passkey, as JSON. */
type StoredPasskey = {
  readonly publicKey: string;
  readonly transports: string[];
};

export type RegisteredPasskey = {
  readonly credentialId: string;
  readonly counter: number;
  readonly secret: string;
};

/** Passkeys as a second factor (W3C Web Authentication), for the address that people open. */
@Injectable()
export class Passkeys {
  private readonly rpId: string;
  private readonly origin: string;
  private readonly rpName: string;

  constructor(@Inject(SETTINGS_TOKEN) settings: Settings) {
    const { hostname, origin } = new URL(settings.publicUrl);
    this.rpId = hostname;
    this.origin = origin;
    this.rpName = settings.brandName;
  }

  registrationOptions(
    { userId, login }: { readonly userId: string; readonly login: string },
    known: readonly OpenFactor[],
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return generateRegistrationOptions({
      rpName: this.rpName,
      rpID: this.rpId,
      userName: login,
      userID: new TextEncoder().encode(userId),
      excludeCredentials: descriptorsOf(known),
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
    });
  }

  /** The passkey a browser answered with; null when the answer does not hold. */
  async registered(response: object, challenge: string): Promise<RegisteredPasskey | null> {
    const result = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: this.origin,
      expectedRPID: this.rpId,
      requireUserVerification: false,
    }).catch(isNoProof);
    if (!result?.verified) return null;
    const { id, publicKey, counter, transports = [] } = result.registrationInfo.credential;
    const stored: StoredPasskey = {
      publicKey: Buffer.from(publicKey).toString('base64url'),
      transports,
    };
    return { credentialId: id, counter, secret: JSON.stringify(stored) };
  }

  authenticationOptions(
    known: readonly OpenFactor[],
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: this.rpId,
      allowCredentials: descriptorsOf(known),
      userVerification: 'preferred',
    });
  }

  /** The counter a passkey proves to stand at; null when the answer does not hold. */
  async proved(factor: OpenFactor, response: object, challenge: string): Promise<number | null> {
    const { publicKey, transports } = JSON.parse(factor.secret) as StoredPasskey;
    const result = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: this.origin,
      expectedRPID: this.rpId,
      credential: {
        id: factor.credentialId ?? '',
        publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')),
        counter: factor.counter,
        transports,
      },
      requireUserVerification: false,
    }).catch(isNoProof);
    return result?.verified ? result.authenticationInfo.newCounter : null;
  }
}

/** The library throws on whatever does not hold, however it was made up. */
function isNoProof(): null {
  return null;
}

function descriptorsOf(factors: readonly OpenFactor[]) {
  return factors.flatMap(({ credentialId, secret }) =>
    credentialId === null
      ? []
      : [{ id: credentialId, transports: (JSON.parse(secret) as StoredPasskey).transports }],
  );
}
