// SPDX-License-Identifier: Apache-2.0
import { spell } from "./_answers.ts";
import type { Delivery, SimulatedExecution } from "./_execution.ts";
import type { JumioState } from "./_state.ts";

/** Signs forged callbacks. */
const WRONG_SECRET = "the-secret-of-somebody-else";

/** How a callback that a test sends differs from the one that Jumio would send. */
export interface CallbackOptions {
  readonly status?: string;
  readonly signWith?: string;
  readonly url?: string | undefined;
  /** Replaces the whole body. */
  readonly body?: string;
}

/** Calls back about an execution, or does what the faults say instead. */
export async function announce(
  state: JumioState,
  execution: SimulatedExecution,
): Promise<readonly Delivery[]> {
  const send = (options?: CallbackOptions) => sendCallback(state, execution, options);
  switch (state.faults.callbacks) {
    case "deliver":
      return [await send()];
    case "repeat":
      return [await send(), await send(), await send()];
    case "drop":
      return [{ status: "dropped" }];
    case "unsigned":
      return [await send({ url: removeToken(execution.callbackUrl) })];
    case "forged":
      return [await send({ signWith: WRONG_SECRET })];
    case "hold":
      state.heldCallbacks.unshift({ execution, status: execution.status });
      return [{ status: "held" }];
  }
}

/** Sends one callback, whatever the faults say. */
export async function sendCallback(
  { faults, options: { fetch, now, hosts, signCallbacksWith } }: JumioState,
  execution: SimulatedExecution,
  options: CallbackOptions = {},
): Promise<Delivery> {
  const { status = execution.status, signWith = signCallbacksWith } = options;
  const url = options.url ?? execution.callbackUrl;
  if (url === undefined) return { status: "dropped" };
  const body = options.body ??
    spell(toCallback(execution, { status, sentAt: now(), host: hosts.retrieval }), faults);
  const headers = {
    "content-type": "application/json",
    ...(signWith === undefined ? {} : { "x-jumio-signature": await sign(body, signWith) }),
  };
  try {
    const response = await fetch(url, { method: "POST", headers, body });
    await response.body?.cancel();
    return { status: response.status };
  } catch {
    // The service does not answer. Jumio promises no retry, so the simulator makes none.
    return { status: "failed" };
  }
}

/** Sends the callbacks that were held, the newest first. */
export async function releaseCallbacks(state: JumioState): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  for (const { execution, status } of state.heldCallbacks.splice(0)) {
    deliveries.push(await sendCallback(state, execution, { status }));
  }
  return deliveries;
}

/** A callback in Jumio's form: ids and a status, but neither a decision nor our reference. */
function toCallback(
  execution: SimulatedExecution,
  { status, sentAt, host }: { status: string; sentAt: number; host: string },
): unknown {
  const api = `${host}/api/v1`;
  return {
    callbackSentAt: new Date(sentAt).toISOString(),
    ...(execution.userReference === undefined ? {} : { userReference: execution.userReference }),
    workflowExecution: {
      id: execution.id,
      href: `${api}/workflow-executions/${execution.id}`,
      definitionKey: execution.definitionKey,
      status,
    },
    account: { id: execution.accountId, href: `${api}/accounts/${execution.accountId}` },
  };
}

/** The callback address as it would be set in Jumio's portal: without the token at its end. */
function removeToken(callbackUrl: string | undefined): string | undefined {
  return callbackUrl?.replace(/(\/jumio\/callback)\/[^/]+$/, "$1");
}

async function sign(body: string, secret: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(body))).toHex();
}
