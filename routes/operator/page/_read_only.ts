// SPDX-License-Identifier: Apache-2.0
import { type Html, html } from "../../../lib/http/html.ts";
import { answerPage } from "../../../lib/http/page.ts";
import type { SignedInOperator } from "../../../lib/operator/key.ts";
import { STYLE } from "./_style.ts";

/**
 * Renders a form that changes something: every such form of the page is made here. Undefined for an
 * operator who may only read. The route refuses them too.
 */
export function renderChange(
  { isReadOnly }: SignedInOperator,
  { action, content }: {
    /** The last part of the route's path, such as `replay`. */
    action: string;
    /** The fields and the button. */
    content: Html;
  },
): Html | undefined {
  if (isReadOnly) return undefined;
  return html`
    <form method="post" action="${action}">${content}</form>
  `;
}

/** Answers a form of an operator who may only read. */
export async function answerReadOnlyPage(): Promise<Response> {
  const body = html`
    <main>
      <section class="state bad"><strong>Nothing was changed</strong>
    <p>Your secret is read-only (NAME:ro:SECRET). <a href="./">Back</a></p></section>
    </main>
  `;
  return await answerPage({
    title: "Read-only: Ory and Jumio bridge",
    status: 403,
    style: STYLE,
    body,
  });
}
