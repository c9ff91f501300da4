// SPDX-License-Identifier: Apache-2.0
import { bad, neutral, type Notice } from "./notice.ts";
import { findExecution, type Simulators } from "./people.ts";

/** Sends the bridge a callback with the right ids and a guessed token. */
export async function sendForgedCallback(
  email: string,
  { jumio, kratos, publicUrl, fetch }: Simulators & {
    publicUrl: string;
    fetch: typeof globalThis.fetch;
  },
): Promise<Notice> {
  const execution = findExecution({ jumio, kratos }, email);
  if (execution === undefined) return bad("This person has no verification to lie about");
  const token = crypto.getRandomValues(new Uint8Array(32));
  const guess = token.toBase64({ alphabet: "base64url", omitPadding: true });
  const body = JSON.stringify({
    callbackSentAt: new Date().toISOString(),
    userReference: execution.userReference,
    workflowExecution: { id: execution.id, status: "PROCESSED" },
    account: { id: execution.accountId },
  });
  try {
    const { status } = await fetch(`${publicUrl}/jumio/callback/${guess}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return neutral(`The forged callback was answered with ${status} and changed nothing`);
  } catch {
    // The bridge is not running.
    return bad("The bridge did not answer the forged callback");
  }
}
