import { html } from "../../../lib/http/html.ts";
import { answerPage } from "../../../lib/http/page.ts";
import { STYLE } from "./_style.ts";

/** Answers with the form to sign in; with 401, after an attempt that failed. */
export async function answerSignInPage(
  { status, hasEnded = false }: {
    status: 200 | 401;
    /** A form was sent after the end of the session. */
    hasEnded?: boolean;
  },
): Promise<Response> {
  const body = html`
    <main>
      <div class="sign-in"><h1>Ory and Jumio bridge</h1>
    ${status === 401
      ? html`<p class="bad" role="alert">Sign-in failed. The name has letters, digits, spaces or
. _ @ - and the secret is a value of OPERATOR_SECRET.</p>`
      : undefined}
    ${hasEnded
      ? html`<p class="warn" role="alert">Your session has ended, and nothing was done. Sign in, and
do it again.</p>`
      : undefined}
    <form method="post" action="/operator/sign-in">
    <label>Your name, for the record
    <input name="name" required maxlength="64" autocomplete="username"></label>
    <label>Operator secret
    <input name="secret" type="password" required autocomplete="current-password"></label>
    <button>Sign in</button></form></div>
    </main>
  `;
  return await answerPage({ title: "Sign in: Ory and Jumio bridge", status, style: STYLE, body });
}
