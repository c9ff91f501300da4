// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { SimulatedExecution } from "../simulators/jumio/simulator.ts";
import { trackBridge } from "./bridge_progress.ts";
import type { ObservedCall } from "./observed_call.ts";

const ADA = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const EXECUTION = "/api/v1/accounts/a/workflow-executions/w";

function create() {
  const execution = { id: "w", startedAt: undefined, completedAt: undefined };
  // The parts that the record uses.
  const known = execution as unknown as {
    -readonly [Key in keyof SimulatedExecution]: SimulatedExecution[Key];
  };
  const progress = trackBridge({ executions: [known], reconcileAfterMs: 10_000 });
  return { execution: known, progress };
}

function createCall(route: string, { status, at = 0, body = "" }: {
  status?: number;
  at?: number;
  body?: string;
}): ObservedCall {
  const [from, to, method, path] = route.split(" ");
  const request = { headers: [], body };
  const answer = status === undefined
    ? undefined
    : { status, durationMs: 1, headers: [], body: "" };
  // The cases below name parties only.
  return {
    id: 1,
    from,
    to,
    method,
    path,
    request,
    startedAt: at,
    answer,
  } as unknown as ObservedCall;
}

Deno.test("trackBridge() knows whom Ory has told the bridge of", () => {
  const { progress } = create();
  const body = JSON.stringify({ "identity_id": ADA }, null, 2);
  const hook = (status?: number) =>
    createCall("ory bridge POST /jumio/initiate", { body, ...(status && { status }) });

  const before = progress.isAsked(ADA);
  progress.note(hook());
  const during = progress.isAsked(ADA);
  progress.note(hook(503));
  const refused = progress.isAsked(ADA);
  progress.note(hook(200));

  assert.deepEqual([before, during, refused, progress.isAsked(ADA)], [false, true, false, true]);
});

Deno.test("trackBridge() knows whether the last start has failed", () => {
  const { progress } = create();
  const start = (status?: number) => {
    const body = JSON.stringify({ customerInternalReference: ADA }, null, 2);
    const call = createCall("bridge jumio POST /api/v1/accounts", {
      body,
      ...(status && { status }),
    });
    progress.note(call);
    return progress.hasFailed(ADA);
  };

  assert.deepEqual([start(), start(503), start(), start(200)], [false, true, true, false]);
});

Deno.test("trackBridge() knows when the bridge looks by itself: each wait is twice as long", () => {
  const { progress, execution } = create();
  const poll = (at: number) =>
    progress.note(createCall(`bridge jumio GET ${EXECUTION}/status`, { status: 200, at }));

  const before = progress.nextLookAt(execution);
  execution.startedAt = 5_000;
  const first = progress.nextLookAt(execution);
  poll(15_000);
  const second = progress.nextLookAt(execution);
  poll(35_000);

  assert.deepEqual([before, first, second], [undefined, 15_000, 35_000]);
  assert.equal(progress.nextLookAt(execution), 75_000);
});

Deno.test("trackBridge() knows whether the bridge has read the result", () => {
  const { progress, execution } = create();
  const read = (path: string, { status = 200, at = 20_000 } = {}) => {
    progress.note(createCall(`bridge jumio GET ${path}`, { status, at }));
    return progress.isRead(execution);
  };

  const early = read(EXECUTION, { at: 5_000 });
  execution.completedAt = 10_000;
  const begunBefore = read(EXECUTION, { at: 9_000 });
  const failed = read(EXECUTION, { status: 503 });
  const status = read(`${EXECUTION}/status`);

  assert.deepEqual([early, begunBefore, failed, status], [false, false, false, false]);
  assert.equal(read(EXECUTION), true);
});
