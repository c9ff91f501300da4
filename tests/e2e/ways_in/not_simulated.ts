// SPDX-License-Identifier: Apache-2.0
const NO_PASSKEY = "its forms have no input for a passkey or a security key";
const NO_REDIRECT = "it sends nobody to a provider";
const NO_SETTINGS = "it has no settings, so nobody can set up a second factor";
const NO_SECOND_FACTOR = "it has no second factors";

/** The ways in that the simulator of Kratos does not have, and why. */
export const NOT_SIMULATED: Readonly<Record<string, string>> = {
  "passkey": NO_PASSKEY,
  "webauthn": NO_PASSKEY,
  "OIDC by redirect": NO_REDIRECT,
  "OIDC by redirect, a login that turns into a registration": NO_REDIRECT,
  "OIDC by redirect, a registration that turns into a login": NO_REDIRECT,
  "OIDC by redirect, in an app with exchange codes": NO_REDIRECT,
  "a password that links an OIDC account": NO_REDIRECT,
  "totp as a second factor, in an app": NO_SETTINGS,
  "totp as a second factor, in a browser": NO_SETTINGS,
  "lookup_secret as a second factor": NO_SETTINGS,
  "webauthn as a second factor": NO_SETTINGS,
  "code as a second factor, in an app": NO_SECOND_FACTOR,
  "code as a second factor, in a browser": NO_SECOND_FACTOR,
  "recovery by their own code, in an app":
    "it has no feature flag, and without one an app gets no session from a recovery",
};
