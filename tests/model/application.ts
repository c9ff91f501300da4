// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createReceiver, type Delivery } from "../support/receiver.ts";
import type { Change, Changes } from "./changes.ts";
import type { Written } from "./history.ts";

/** The application of a world, which gets the events. */
export interface Application {
  readonly faults: {
    isDown: boolean;
    refusesNextEvent: boolean;
    losesNextAnswer: boolean;
    isGone: boolean;
  };
  readonly fetch: (request: Request) => Promise<Response>;
  /** Throws if something was delivered that must not be, or not yet. */
  check(): void;
  /** Throws if a change was not delivered. */
  checkEnd(): void;
}

/** Of the events that arrived: the `webhook-id` by the number. */
type Arrived = Map<number, string>;

/** The application has accepted an event, and its answer does not arrive. */
class LostAnswer extends TypeError {
  override readonly name = "LostAnswer";
}

/** Creates the application. Each delivery is checked when it arrives. */
export function createApplication(
  { changes, written, now, holdMs }: {
    changes: Changes;
    /** The writes that Kratos carried out for us, in order. */
    written: readonly Written[];
    now: () => number;
    /** How long an event waits at the least for Ory to have its change. */
    holdMs: number;
  },
): Application {
  const receiver = createReceiver({ now });
  const faults = {
    isDown: false,
    refusesNextEvent: false,
    losesNextAnswer: false,
    isGone: false,
  };
  const wrong: unknown[] = [];
  const arrived = new Map<string, Arrived>();

  receiver.answer = (delivery) => {
    const { "identity_id": identityId } = delivery.event.data;
    const change = findChange(delivery, changes.expectedOf(identityId));
    checkHold(delivery, { change, written, now: now(), holdMs });
    if (faults.isGone) return new Response(null, { status: 410 });
    if (faults.isDown) return new Response(null, { status: 503 });
    if (faults.refusesNextEvent) {
      faults.refusesNextEvent = false;
      return new Response(null, { status: 500 });
    }
    const ids: Arrived = arrived.get(identityId) ?? new Map();
    arrived.set(identityId, ids);
    checkOrder(delivery, { ids, changes: changes.of(identityId) });
    if (!faults.losesNextAnswer) return new Response(null, { status: 204 });
    faults.losesNextAnswer = false;
    throw new LostAnswer();
  };

  return {
    faults,
    // A service takes what is thrown here for a failure of the network.
    fetch: (request) =>
      receiver.fetch(request).catch((error) => {
        // The service was suspended between the signature and the call.
        if (/^Message timestamp too old$/.test(error.message)) {
          return new Response(null, { status: 401 });
        }
        if (!(error instanceof LostAnswer)) wrong.push(error);
        throw error;
      }),
    check() {
      for (const error of wrong) throw error;
    },
    checkEnd() {
      const missing = changes.all()
        .filter(({ identityId, sequence }) => !arrived.get(identityId)?.has(sequence));
      assert.deepEqual(missing, [], "a change was never delivered");
    },
  };
}

/** An event says what has changed, and no event is sent of an erased identity. */
function findChange({ event: { data } }: Delivery, changes: readonly Change[]): Change {
  const change = changes.find(({ sequence }) => sequence === data.sequence);
  assert(change, "an event of no change was delivered");
  assert.deepEqual(
    [data["previous_status"], data.status, data.verdict],
    [change.before, change.status, change.verdict],
  );
  return change;
}

/** Whoever reads the identity after an event does not find an older state, unless Ory was down. */
function checkHold(
  { event: { timestamp } }: Delivery,
  { change: { identityId, writtenBefore }, written, now, holdMs }: {
    change: Change;
    written: readonly Written[];
    now: number;
    holdMs: number;
  },
): void {
  const isWritten = written.slice(writtenBefore).some((write) => write.identityId === identityId);
  // By the time of the event: a process can be suspended before it stores what it has decided.
  assert(
    isWritten || now - Date.parse(timestamp) >= holdMs,
    "an event was delivered before Ory had the change",
  );
}

/** An event that arrives for the first time follows all earlier ones. Each keeps its id. */
function checkOrder(
  { webhookId, event: { data: { sequence } } }: Delivery,
  { ids, changes }: { ids: Arrived; changes: readonly Change[] },
): void {
  const isKnown = ids.has(sequence);
  assert.equal(ids.get(sequence) ?? webhookId, webhookId, "the id of an event has changed");
  assert(isKnown || ![...ids.values()].includes(webhookId), "two events have one id");
  const earlier = changes.filter((change) => change.sequence < sequence);
  const isNext = earlier.every((change) => ids.has(change.sequence));
  assert(isKnown || isNext, "an event overtook another");
  ids.set(sequence, webhookId);
}
