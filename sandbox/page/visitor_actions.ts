// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "../simulators/jumio/simulator.ts";
import { endValidity } from "./_end_validity.ts";
import { sendForgedCallback } from "./_forged_callback.ts";
import { finishVerification, startAgain } from "./_jumio_visit.ts";
import { recover, register, signIn } from "./_ory_forms.ts";
import type { Notice } from "./notice.ts";
import type { Observer } from "./observer.ts";
import type { Simulators } from "./people.ts";

/** What a visitor of the page can do on behalf of the parties of the sandbox. */
export interface VisitorActions {
  /** Registers by Ory's public API, as an app's form does, with this `Accept-Language`. */
  register(email: string, languages?: string): Promise<Notice>;
  signIn(email: string, languages?: string): Promise<Notice>;
  /** Recovers the account by an administrator's code. Kratos runs no login hook for that. */
  recover(email: string, languages?: string): Promise<Notice>;
  /** Sends the person to Jumio, ends their newest execution, and lets Jumio call back. */
  finish(email: string, outcome: Outcome): Promise<Notice>;
  /** Ends the validity of the person's verification at once, as an operator can. */
  end(email: string): Promise<Notice>;
  /** Opens the person's link, and presses its button for another execution. */
  startAgain(email: string): Promise<Notice>;
  /** Sends a callback with the right ids and a guessed token. */
  forge(email: string): Promise<Notice>;
}

/** Creates the actions. The observer sees their calls. */
export function createVisitorActions(
  { jumio, kratos, observer, publicUrl, operatorSecret, fetch, delay }: Simulators & {
    observer: Observer;
    operatorSecret: string;
    publicUrl: string;
    fetch: typeof globalThis.fetch;
    delay: (ms: number) => Promise<void>;
  },
): VisitorActions {
  const submit = observer.handler({ from: "person", to: "ory" }, kratos.fetch);
  const visit = observer.fetch({ from: "person", to: "bridge" }, fetch);
  const openJumio = observer.handler({ from: "person", to: "jumio" }, jumio.fetch);
  const trip = { jumio, kratos, publicUrl, visit, openJumio, delay };
  const operate = observer.fetch({ from: "operator", to: "bridge" }, fetch);
  const forge = observer.fetch({ from: "stranger", to: "bridge" }, fetch);
  return {
    register: (email, languages) => register(email, { kratos, submit, languages }),
    signIn: (email, languages) => signIn(email, { kratos, submit, languages }),
    recover: (email, languages) => recover(email, { kratos, submit, languages }),
    finish: (email, outcome) => finishVerification(email, { ...trip, outcome }),
    startAgain: (email) => startAgain(email, trip),
    end: (email) => endValidity(email, { kratos, publicUrl, operatorSecret, fetch: operate }),
    forge: (email) => sendForgedCallback(email, { jumio, kratos, publicUrl, fetch: forge }),
  };
}
