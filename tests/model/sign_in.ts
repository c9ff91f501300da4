// SPDX-License-Identifier: Apache-2.0
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { renderStandIn, type TemplateName } from "../../sandbox/simulators/kratos/jsonnet.ts";
import { HOOK_SECRET } from "../support/context.ts";
import { readRow } from "./rows.ts";
import { type ModelState, SERVICE, storedIdentities } from "./state.ts";

/**
 * A person tries to sign in. Kratos asks an instance, unless the template lets the person in. That of
 * `--ask-all` lets nobody in, so a false `verified` excuses nothing there.
 */
export async function signIn(
  state: ModelState,
  { identityId, instance, asksAll }: { identityId: string; instance: number; asksAll: boolean },
): Promise<void> {
  const { shared, kv, history } = state;
  // Nobody signs in whom Ory does not know.
  if (!storedIdentities(state).has(identityId)) return;
  const signedIn = {
    identityId,
    status: readRow<Verification>(shared, verificationKey(identityId))?.status,
    isKvDown: kv.fault === "down",
    isFalselyVerified: !asksAll && history.falselyVerified.has(identityId),
  };
  const status = await sendHook(state, {
    template: "validate",
    identityId,
    instance,
    asksAll,
  });
  if (status === 200) history.signedIn.push(signedIn);
}

/**
 * Runs a hook as Kratos does, with what the identity's metadata says.
 *
 * @returns the status of the answer, 200 if the template needs none, undefined if none came
 */
export async function sendHook(
  state: ModelState,
  { template, identityId, instance, asksAll = false }: {
    template: TemplateName;
    identityId: string;
    instance: number;
    asksAll?: boolean;
  },
): Promise<number | undefined> {
  const { "metadata_public": metadata } = Object(storedIdentities(state).get(identityId));
  const identity = { id: identityId, "metadata_public": metadata };
  const rendered = await renderStandIn(template, { identity, flow: {} });
  if (rendered === "cancel" && !asksAll) return 200;
  // Only the metadata's own object is verified, so the other template sends it as it is.
  const body = rendered === "cancel"
    ? { "identity_id": identityId, jumio: Object(metadata).jumio }
    : rendered.body;
  const response = await state.instances[instance]?.send(
    new Request(`${SERVICE}/jumio/${template}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-webhook-secret": HOOK_SECRET },
      body: JSON.stringify(body),
    }),
  );
  await response?.body?.cancel();
  return response?.status;
}
