// SPDX-License-Identifier: Apache-2.0
import { html } from "../../../lib/http/html.ts";
import { answerPage } from "../../../lib/http/page.ts";
import { STYLE } from "./_style.ts";

/** Why somebody is not signed in. `ended`: they sent a form after the end of their session. */
export type SignInProblem = "ended" | "wrong_secret" | "no_name" | "other_name";

const SENTENCES: Readonly<Record<SignInProblem, string>> = {
  ended: "Your session has ended, and nothing was done. Sign in, and do it again.",
  "wrong_secret":
    "Sign-in failed. The name has letters, digits, spaces or . _ @ - and the secret is a whole " +
    "value of OPERATOR_SECRET, with its name if it has one.",
  "no_name": "This secret has no name of its own. Give your name, for the record.",
  "other_name":
    "This name belongs to another secret, or your secret has another name. Leave the name empty " +
    "if your secret has one.",
};

const STATUSES: Readonly<Record<SignInProblem, number>> = {
  ended: 200,
  "wrong_secret": 401,
  "no_name": 400,
  "other_name": 400,
};

/** Answers with the form to sign in; after an attempt that failed, with the reason. */
export async function answerSignInPage(problem?: SignInProblem): Promise<Response> {
  const body = html`
    <main>
      <div class="sign-in"><h1>Ory and Jumio bridge</h1>
    ${problem === undefined
      ? undefined
      : html`<p class="${problem === "ended" ? "warn" : "bad"}" role="alert">${
        SENTENCES[problem]
      }</p>`}
    <form method="post" action="sign-in">
    <label>Your name, for the record; empty if your secret has one
    <input name="name" maxlength="64" autocomplete="username"></label>
    <label>Operator secret
    <input name="secret" type="password" required autocomplete="current-password"></label>
    <button>Sign in</button></form></div>
    </main>
  `;
  const status = problem === undefined ? 200 : STATUSES[problem];
  return await answerPage({ title: "Sign in: Ory and Jumio bridge", status, style: STYLE, body });
}
