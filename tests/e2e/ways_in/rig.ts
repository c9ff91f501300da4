// SPDX-License-Identifier: Apache-2.0
import { createWorld, type KratosKind, type World } from "../world.ts";
import { type Google, startGoogle } from "./google.ts";
import { enableMethods, type Setup } from "./kratos_config.ts";
import { type OidcIssuer, startOidcIssuer } from "./oidc_issuer.ts";
import { Visitor } from "./visitor.ts";

/** A world whose Kratos has every method, an OIDC issuer, and Google's keys. */
export interface Rig extends AsyncDisposable {
  readonly world: World;
  readonly issuer: OidcIssuer;
  readonly google: Google;
  /** A browser without cookies. */
  browser(): Visitor;
  /** An app without a session token. */
  app(): Visitor;
}

export async function createRig(kind: KratosKind, setup: Setup): Promise<Rig> {
  const stack = new AsyncDisposableStack();
  try {
    const issuer = stack.use(await startOidcIssuer());
    const google = stack.use(await startGoogle());
    const world = stack.use(
      await createWorld(kind, {
        recordsHooks: true,
        kratosEnv: google.env,
        editConfig: (text) => enableMethods(text, { setup, issuerUrl: issuer.url }),
      }),
    );
    return {
      world,
      issuer,
      google,
      browser: () => new Visitor("browser", world.kratos),
      app: () => new Visitor("api", world.kratos),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
