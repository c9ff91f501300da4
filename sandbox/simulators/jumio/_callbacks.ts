import type { SimulatedExecution } from "./_execution.ts";
import type { JumioFaults, JumioSimulatorOptions } from "./simulator.ts";

/** Signs what a forger sends, who does not have the real one. */
const FORGER_SECRET = "the-secret-of-somebody-else";

/** What became of one callback. */
export type Delivery = { readonly status: number } | {
  readonly status: "dropped" | "held" | "failed";
};

/** How a callback sent by hand differs from what Jumio would send. */
export interface CallbackOptions {
  readonly status?: string;
  readonly signWith?: string;
  readonly url?: string | undefined;
  /** The whole body, in the place of Jumio's. */
  readonly body?: string;
}

/** Sends callbacks, or does with them what the faults say. */
export interface CallbackSender {
  announce(execution: SimulatedExecution): Promise<readonly Delivery[]>;
  send(execution: SimulatedExecution, options?: CallbackOptions): Promise<Delivery>;
  release(): Promise<readonly Delivery[]>;
}

/** Creates the sender. What it sends has Jumio's form: no decision, no reference but ours. */
export function createCallbackSender(
  { fetch, now, hosts, signCallbacksWith, faults }: JumioSimulatorOptions & {
    faults: JumioFaults;
  },
): CallbackSender {
  const held: { execution: SimulatedExecution; status: string }[] = [];

  async function send(
    execution: SimulatedExecution,
    options: CallbackOptions = {},
  ): Promise<Delivery> {
    const { status = execution.status, signWith = signCallbacksWith } = options;
    const url = options.url ?? execution.callbackUrl;
    if (url === undefined) return { status: "dropped" };
    const body = options.body ?? JSON.stringify(toCallback(execution, status));
    const headers = {
      "content-type": "application/json",
      ...(signWith === undefined ? {} : { "x-jumio-signature": await sign(body, signWith) }),
    };
    try {
      const response = await fetch(url, { method: "POST", headers, body });
      await response.body?.cancel();
      return { status: response.status };
    } catch {
      // The service is not there. Jumio promises no second try, so there is none here.
      return { status: "failed" };
    }
  }

  function toCallback(execution: SimulatedExecution, status: string): unknown {
    const api = `${hosts.retrieval}/api/v1`;
    return {
      callbackSentAt: new Date(now()).toISOString(),
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

  return {
    async announce(execution) {
      switch (faults.callbacks) {
        case "deliver":
          return [await send(execution)];
        case "repeat":
          return [await send(execution), await send(execution), await send(execution)];
        case "drop":
          return [{ status: "dropped" }];
        case "unsigned":
          return [await send(execution, { url: dropToken(execution.callbackUrl) })];
        case "forged":
          return [await send(execution, { signWith: FORGER_SECRET })];
        case "hold":
          held.unshift({ execution, status: execution.status });
          return [{ status: "held" }];
      }
    },
    send,
    async release() {
      const deliveries: Delivery[] = [];
      for (const { execution, status } of held.splice(0)) {
        deliveries.push(await send(execution, { status }));
      }
      return deliveries;
    },
  };
}

/** The same address without the token at its end, as the portal's own setting would have it. */
function dropToken(callbackUrl: string | undefined): string | undefined {
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
