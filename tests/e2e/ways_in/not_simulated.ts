const NO_BROWSER_FLOW = "it has no registration and login in a browser";
const NO_SETTINGS = "it has no settings, so nobody can set up a second factor";
const NO_SECOND_FACTOR = "it has no second factors";

/** The ways in that the simulator of Kratos does not have, and why. */
export const NOT_SIMULATED: Readonly<Record<string, string>> = {
  "password, in a browser": NO_BROWSER_FLOW,
  "code, in a browser": NO_BROWSER_FLOW,
  "passkey": NO_BROWSER_FLOW,
  "webauthn": NO_BROWSER_FLOW,
  "OIDC by redirect": NO_BROWSER_FLOW,
  "OIDC by redirect, a login that turns into a registration": NO_BROWSER_FLOW,
  "OIDC by redirect, a registration that turns into a login": NO_BROWSER_FLOW,
  "OIDC by redirect, in an app with exchange codes": NO_BROWSER_FLOW,
  "OIDC by id_token, in a browser": NO_BROWSER_FLOW,
  "a password that links an OIDC account": NO_BROWSER_FLOW,
  "refresh of a session, in a browser": NO_BROWSER_FLOW,
  "totp as a second factor, in an app": NO_SETTINGS,
  "totp as a second factor, in a browser": NO_BROWSER_FLOW,
  "lookup_secret as a second factor": NO_SETTINGS,
  "webauthn as a second factor": NO_BROWSER_FLOW,
  "code as a second factor, in an app": NO_SECOND_FACTOR,
  "code as a second factor, in a browser": NO_BROWSER_FLOW,
  "recovery by their own code, in an app":
    "it has no feature flag, and without one an app gets no session from a recovery",
};
