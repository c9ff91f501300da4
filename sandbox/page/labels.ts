// SPDX-License-Identifier: Apache-2.0
import type { ObservedCall, Party } from "./observed_call.ts";
import type { Outcome } from "../simulators/jumio/simulator.ts";

export const PARTY_LABELS: Readonly<Record<Party, string>> = {
  person: "Person",
  operator: "An operator",
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

/** The page makes these calls itself: for its style, its script or its icon, or to stay up to date. */
const PAGE_LABELS: readonly [call: RegExp, label: string][] = [
  [/ (audio|font|image|manifest|script|style|video)$/, "The page loads a file"],
  [/^person (bridge|app) GET .* empty$/, "The page looks for changes"],
];

const CALL_LABELS: readonly [call: RegExp, label: string][] = [
  [/^person ory POST .*registration/, "Registers"],
  [/^person ory POST .*login/, "Signs in"],
  [/^person ory POST .*recovery/, "Recovers the account by a code"],
  [/^person ory GET .*\/registration\/browser/, "Opens the form to sign up"],
  [/^person ory GET .*\/login\/browser/, "Opens the form to sign in"],
  [/^person ory GET .*\/logout/, "Signs out"],
  [/^person bridge GET \/jumio\/verify\/return/, "Comes back from Jumio"],
  [/^person bridge GET \/jumio\/verify/, "Opens the link on the identity"],
  [/^person bridge POST \/jumio\/verify/, "Presses the button to continue"],
  [/^person app GET /, "Opens a page of the app"],
  [/^person app POST \/logout/, "Asks to sign out"],
  [/^person jumio GET \/web\//, "Opens Jumio’s page"],
  [/^person jumio POST /, "Completes Jumio’s page"],
  [/^ory bridge POST \/jumio\/initiate/, "A person has registered"],
  [/^ory bridge POST \/jumio\/validate/, "May this person sign in?"],
  [/^bridge jumio GET \/$/, "Compare the clocks"],
  [/^bridge jumio POST \/oauth2\/token/, "Get an access token"],
  [/^bridge jumio POST \/api\/v1\/accounts$/, "Start a verification"],
  [/^bridge jumio PUT /, "Start another verification"],
  [/^bridge jumio GET .*\/status$/, "Read the status"],
  [/^bridge jumio GET .*\/workflow-executions\//, "Read the result"],
  [/^bridge jumio DELETE /, "Erase the personal data"],
  [/^bridge ory PATCH /, "Update the identity"],
  [/^bridge ory GET /, "Read the identity"],
  [/^bridge ory DELETE .*\/sessions$/, "End all sessions"],
  [/^jumio bridge POST /, "A verification has ended"],
  [/^bridge app POST /, "The status has changed"],
  [/^app ory GET \/sessions\/whoami/, "Who is signed in?"],
  [/^app ory GET .*\/flows/, "Read the form"],
  [/^app ory GET .*\/logout/, "Get the address to sign out"],
  [/^operator bridge GET \/operator\/$/, "Opens the operator’s page"],
  [/^operator bridge POST .*\/sign-in/, "Signs in as an operator"],
  [/^operator bridge POST .*\/expire$/, "This verification ends now"],
  [/^operator bridge /, "Uses the operator’s API"],
  [/^stranger bridge POST \/jumio\/callback/, "Forged: a verification has ended"],
];

/** Describes a call in plain words. */
export function describeCall(call: ObservedCall): string {
  return describePageCall(call) ?? find(CALL_LABELS, toLine(call)) ?? toAction(call);
}

/** Whether a page made a call by itself, so that nobody did anything. */
export function isMadeByPage(call: ObservedCall): boolean {
  return describePageCall(call) !== undefined;
}

function describePageCall(call: ObservedCall): string | undefined {
  const purpose = call.request.headers.find(([name]) => name === "sec-fetch-dest")?.[1];
  return purpose === undefined ? undefined : find(PAGE_LABELS, `${toLine(call)} ${purpose}`);
}

function find(labels: typeof CALL_LABELS, line: string): string | undefined {
  return labels.find(([pattern]) => pattern.test(line))?.[1];
}

function toLine(call: ObservedCall): string {
  return `${call.from} ${call.to} ${toAction(call)}`;
}

function toAction({ method, path }: ObservedCall): string {
  const [address = ""] = path.split("?");
  return `${method} ${address}`;
}

/** The path without its query and its account id, and with every other id cut to 4 characters. */
export function shortenPath(path: string): string {
  const [address = ""] = path.split("?");
  const withoutAccount = address.replace(/^\/api\/v1\/accounts\/[^/]+(?=\/)/, "…");
  return withoutAccount
    .replace(/([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "$1…");
}
