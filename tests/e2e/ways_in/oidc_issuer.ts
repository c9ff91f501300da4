// SPDX-License-Identifier: Apache-2.0
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { getFreePort } from "../../../sandbox/processes/loopback.ts";

/** A person at the issuer. */
export interface Claims {
  readonly sub: string;
  readonly email: string;
}

/** An OpenID Connect issuer on loopback. It signs in whoever the test names, without a page. */
export interface OidcIssuer extends AsyncDisposable {
  readonly url: string;
  /** The next person to sign in there. */
  person: Claims;
}

/** Signs `id_token`s with a key of its own. */
export interface TokenSigner {
  readonly jwks: { readonly keys: readonly unknown[] };
  sign(claims: Claims, token: { issuer: string; audience: string }): Promise<string>;
}

export const CLIENT_ID = "kratos-of-the-tests";

export async function createSigner(): Promise<TokenSigner> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk = { ...await exportJWK(publicKey), kid: "1", alg: "RS256", use: "sig" };
  return {
    jwks: { keys: [jwk] },
    sign: ({ sub, email }, { issuer, audience }) =>
      new SignJWT({ email, "email_verified": true })
        .setProtectedHeader({ alg: "RS256", kid: "1" })
        .setSubject(sub).setIssuer(issuer).setAudience(audience)
        .setIssuedAt().setExpirationTime("10m").sign(privateKey),
  };
}

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const signer = await createSigner();
  const port = getFreePort();
  const url = `http://127.0.0.1:${port}`;
  const issuer = { person: { sub: "", email: "" } };

  async function answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/.well-known/openid-configuration":
        return Response.json({
          issuer: url,
          "authorization_endpoint": `${url}/authorize`,
          "token_endpoint": `${url}/token`,
          "jwks_uri": `${url}/keys`,
          "id_token_signing_alg_values_supported": ["RS256"],
        });
      case "/keys":
        return Response.json(signer.jwks);
      case "/authorize": {
        const target = new URL(searchParams.get("redirect_uri") ?? "");
        target.searchParams.set("state", searchParams.get("state") ?? "");
        target.searchParams.set("code", "code");
        return new Response(null, { status: 303, headers: { location: target.href } });
      }
      case "/token": {
        const token = { issuer: url, audience: CLIENT_ID };
        return Response.json({
          "access_token": "access",
          "token_type": "bearer",
          "id_token": await signer.sign(issuer.person, token),
        });
      }
    }
    return new Response(null, { status: 404 });
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, answer);
  return Object.assign(issuer, { url, [Symbol.asyncDispose]: () => server.shutdown() });
}
