import type { ObservedCall, Party } from "./observed_call.ts";
import type { Outcome } from "../simulators/jumio/simulator.ts";

/** What a party is called on the page. */
export const PARTIES: Readonly<Record<Party, string>> = {
  person: "Person",
  stranger: "A stranger",
  ory: "Ory",
  bridge: "Bridge",
  jumio: "Jumio",
};

/** What an outcome is called on the page. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  "passed": "passed",
  "warning": "warning",
  "rejected": "rejected",
  "inconclusive": "inconclusive",
  "abandoned": "left unfinished",
  "link_expired": "link expired",
};

const WORDS: readonly [call: RegExp, words: string][] = [
  [/^person ory POST .*registration/, "Registers"],
  [/^person ory POST .*login/, "Signs in"],
  [/^person ory POST .*recovery/, "Recovers the account by a code"],
  [/^person bridge GET \/jumio\/verify/, "Opens the link of the identity"],
  [/^person bridge POST \/jumio\/verify/, "Presses the button to go on"],
  [/^person jumio GET /, "Opens Jumio’s page"],
  [/^person jumio POST /, "Goes through Jumio’s page"],
  [/^ory bridge POST \/jumio\/initiate/, "Somebody has registered"],
  [/^ory bridge POST \/jumio\/validate/, "May this person come in?"],
  [/^bridge jumio POST \/oauth2\/token/, "An access token, please"],
  [/^bridge jumio POST \/api\/v1\/accounts$/, "Start a verification"],
  [/^bridge jumio PUT /, "Start another verification"],
  [/^bridge jumio GET .*\/status$/, "Has it ended?"],
  [/^bridge jumio GET /, "What is the result?"],
  [/^bridge jumio DELETE /, "Erase what you have"],
  [/^bridge ory PATCH /, "Write this on the identity"],
  [/^bridge ory GET /, "What does the identity say?"],
  [/^bridge ory DELETE .*\/sessions$/, "End all sessions"],
  [/^jumio bridge POST /, "Something has ended"],
  [/^stranger bridge POST /, "Something has ended, says a forger"],
];

/** Says a call in a caller's words. */
export function describeCall({ from, to, method, path }: ObservedCall): string {
  const [address = ""] = path.split("?");
  const call = `${from} ${to} ${method} ${address}`;
  return WORDS.find(([pattern]) => pattern.test(call))?.[1] ?? `${method} ${address}`;
}

/** The path with its ids cut to what tells them apart, and without the account's. */
export function shortenPath(path: string): string {
  const [address = ""] = path.split("?");
  const own = address.replace(/^\/api\/v1\/accounts\/[^/]+(?=\/)/, "…");
  return own.replace(/([0-9a-f]{4})[0-9a-f]{4}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "$1…");
}
