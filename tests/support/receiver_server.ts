// SPDX-License-Identifier: Apache-2.0
import type { VerificationEvent } from "../../lib/verification/event.ts";
import { createReceiver, type Delivery, EVENTS_SECRET } from "./receiver.ts";

/** The next retry would come after a minute, longer than a test waits. */
const MAX_FAILURES = 2;

/** An application at an address on loopback. */
export interface ReceiverServer extends AsyncDisposable {
  /** The settings of a service that sends its events here. */
  readonly env: Readonly<Record<string, string>>;
  /** The share of deliveries that is answered 503, from 0 to 1, but no event more than twice. */
  failing: number;
  /** Called with each event before it is accepted. */
  onEvent: (event: VerificationEvent) => Promise<void>;
  /** What was wrong with a delivery, and the answer of the application for it. */
  readonly wrong: readonly unknown[];
  /**
   * The changes of each identity as the application learns them: events that it has accepted, without
   * repeats.
   *
   * @throws If an event is not the change that follows the one before it.
   */
  changes(): Map<string, string[]>;
}

/** Starts an application that gets events. */
export function startReceiver(): ReceiverServer {
  const receiver = createReceiver({ now: Date.now });
  const accepted: Delivery[] = [];
  const wrong: unknown[] = [];
  const failures = new Map<string, number>();
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(options, async (request) => {
    try {
      return await receiver.fetch(request);
    } catch (error) {
      wrong.push(error);
      return new Response(null, { status: 400 });
    }
  });
  const application: ReceiverServer = {
    env: {
      "EVENTS_URL": `http://127.0.0.1:${server.addr.port}/events`,
      "EVENTS_SECRET": EVENTS_SECRET,
    },
    failing: 0,
    onEvent: () => Promise.resolve(),
    wrong,
    changes: () => chainChanges(accepted),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  receiver.answer = async (delivery) => {
    await application.onEvent(delivery.event);
    const failed = failures.get(delivery.webhookId) ?? 0;
    if (failed < MAX_FAILURES && Math.random() < application.failing) {
      failures.set(delivery.webhookId, failed + 1);
      return new Response(null, { status: 503 });
    }
    accepted.push(delivery);
    return new Response(null, { status: 204 });
  };
  return application;
}

function chainChanges(deliveries: readonly Delivery[]): Map<string, string[]> {
  const known = new Set<string>();
  const chains = new Map<string, string[]>();
  for (const { webhookId, event: { data } } of deliveries) {
    if (known.has(webhookId)) continue;
    known.add(webhookId);
    const chain = chains.get(data["identity_id"]) ?? [];
    const last = chain.at(-1) ?? "none";
    if (last !== data["previous_status"]) {
      throw new Error(`An event says ${data["previous_status"]}, and the one before it ${last}`);
    }
    chains.set(data["identity_id"], [...chain, data.status]);
  }
  return chains;
}
