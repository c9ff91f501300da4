import type { ObservedCall, Party } from "./observed_call.ts";
import type { Outcome } from "../simulators/jumio/simulator.ts";

export const PARTY_LABELS: Readonly<Record<Party, string>> = {
  person: "Person",
  stranger: "A stranger",
  ory: "Ory",
  bridge: "Bridge",
  jumio: "Jumio",
  app: "Your app",
};

export const OUTCOME_LABELS: Readonly<Record<Outcome, string>> = {
  "passed": "passed",
  "warning": "warning",
  "rejected": "rejected",
  "inconclusive": "inconclusive",
  "abandoned": "left unfinished",
  "link_expired": "link expired",
};

const CALL_LABELS: readonly [call: RegExp, label: string][] = [
  [/^person ory POST .*registration/, "Registers"],
  [/^person ory POST .*login/, "Signs in"],
  [/^person ory POST .*recovery/, "Recovers the account by a code"],
  [/^person ory GET .*\/registration\/browser/, "Opens the form to sign up"],
  [/^person ory GET .*\/login\/browser/, "Opens the form to sign in"],
  [/^person ory GET .*\/logout/, "Signs out"],
  [/^person bridge GET \/jumio\/verify/, "Opens the link on the identity"],
  [/^person bridge POST \/jumio\/verify/, "Presses the button to continue"],
  [/^person jumio GET /, "Opens Jumio’s page"],
  [/^person jumio POST /, "Completes Jumio’s page"],
  [/^ory bridge POST \/jumio\/initiate/, "A person has registered"],
  [/^ory bridge POST \/jumio\/validate/, "May this person sign in?"],
  [/^bridge jumio POST \/oauth2\/token/, "Get an access token"],
  [/^bridge jumio POST \/api\/v1\/accounts$/, "Start a verification"],
  [/^bridge jumio PUT /, "Start another verification"],
  [/^bridge jumio GET .*\/status$/, "Read the status"],
  [/^bridge jumio GET /, "Read the result"],
  [/^bridge jumio DELETE /, "Erase the personal data"],
  [/^bridge ory PATCH /, "Update the identity"],
  [/^bridge ory GET /, "Read the identity"],
  [/^bridge ory DELETE .*\/sessions$/, "End all sessions"],
  [/^jumio bridge POST /, "A verification has ended"],
  [/^bridge app POST /, "The status has changed"],
  [/^app ory GET \/sessions\/whoami/, "Who is signed in?"],
  [/^app ory GET .*\/flows/, "Read the form"],
  [/^app ory GET .*\/logout/, "Get the address to sign out"],
  [/^stranger bridge POST /, "Forged: a verification has ended"],
];

/** Describes a call in plain words. */
export function describeCall({ from, to, method, path }: ObservedCall): string {
  const [address = ""] = path.split("?");
  const call = `${from} ${to} ${method} ${address}`;
  return CALL_LABELS.find(([pattern]) => pattern.test(call))?.[1] ?? `${method} ${address}`;
}

/** The path without its query and its account id, and with every other id cut to 4 characters. */
export function shortenPath(path: string): string {
  const [address = ""] = path.split("?");
  const withoutAccount = address.replace(/^\/api\/v1\/accounts\/[^/]+(?=\/)/, "…");
  return withoutAccount
    .replace(/([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "$1…");
}
