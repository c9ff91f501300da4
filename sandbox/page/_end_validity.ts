// SPDX-License-Identifier: Apache-2.0
import { bad, neutral, type Notice } from "./notice.ts";
import { findIdentity, type Simulators } from "./people.ts";

/** Ends the validity of a person's verification at once, by the operator's API. */
export async function endValidity(
  email: string,
  { kratos, publicUrl, operatorSecret, fetch }: Pick<Simulators, "kratos"> & {
    publicUrl: string;
    operatorSecret: string;
    fetch: typeof globalThis.fetch;
  },
): Promise<Notice> {
  const id = findIdentity({ kratos }, email)?.id ?? "";
  try {
    const { ok } = await fetch(`${publicUrl}/operator/verifications/${id}/expire`, {
      method: "POST",
      headers: {
        "authorization": `Bearer ${operatorSecret}`,
        "x-operator": "sandbox",
        "content-type": "application/json",
      },
      body: JSON.stringify({ reason: "sandbox" }),
    });
    return ok
      ? neutral("The verification has ended, as it does when its validity is over")
      : bad("Only a verification or a review can end");
  } catch {
    // The bridge is not running.
    return bad("The bridge did not answer");
  }
}
