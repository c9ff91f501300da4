// SPDX-License-Identifier: Apache-2.0
import type { Outcome } from "../sandbox/simulators/jumio/simulator.ts";
import type { SimulatedIdentity } from "../sandbox/simulators/kratos/simulator.ts";
import { type Fleet, metadataOf } from "../sandbox/processes/fleet.ts";
import type { Caller, CallerRequest } from "./_caller.ts";
import { callbackBody } from "./_product.ts";

/** How long each kind of request took, in milliseconds, and the errors. */
export interface Samples {
  readonly ms: Readonly<Record<"initiate" | "validate" | "callback", number[]>>;
  readonly errors: string[];
}

const ENDS: readonly [outcome: Outcome, status: string][] = [
  ["passed", "verified"],
  ["rejected", "rejected"],
  ["warning", "review"],
  ["abandoned", "expired"],
];

/** Sign-ins of a person before the verification is finished. */
const SIGN_INS = 5;

/** Longer than the first delays of all retry schedules together. */
const DEADLINE_MS = 120_000;

export function createSamples(): Samples {
  return { ms: { initiate: [], validate: [], callback: [] }, errors: [] };
}

/**
 * One person: the registration's hook at one instance, some sign-ins, Jumio's callback at the other
 * instance, and the verdict on the identity.
 */
export async function travel(
  fleet: Fleet,
  { index, caller, samples }: { index: number; caller: Caller; samples: Samples },
): Promise<void> {
  const identityId = addIdentity(fleet);
  const instance = index % fleet.urls.length;
  const other = (index + 1) % fleet.urls.length;
  const [outcome, status] = ENDS[index % ENDS.length] ?? ["passed", "verified"];

  async function send(
    kind: keyof typeof samples.ms,
    request: CallerRequest,
  ): Promise<void> {
    const { status, ms } = await caller.post(request);
    samples.ms[kind].push(ms);
    if (status !== 200) samples.errors.push(`A call of ${kind} was answered ${status}`);
  }
  const hook = (kind: "initiate" | "validate") =>
    send(kind, {
      url: `${fleet.urls[instance]}/jumio/${kind}`,
      headers: { "content-type": "application/json", "x-webhook-secret": fleet.hookSecret },
      body: JSON.stringify({ "identity_id": identityId }),
    });

  await hook("initiate");
  for (let signIn = 0; signIn < SIGN_INS; signIn++) await hook("validate");

  const executionId = await read(
    () => metadataOf(fleet, identityId)["workflow_execution_id"],
    (value) => typeof value === "string",
  );
  if (typeof executionId !== "string") {
    return void samples.errors.push("No execution was created in time");
  }
  // The simulator drops its own callback. This benchmark sends one, and measures it.
  await fleet.jumio.finish(executionId, outcome);
  const execution = fleet.jumio.executions.findLast(({ id }) => id === executionId);
  await send("callback", {
    url: fleet.urls[other] + new URL(execution?.callbackUrl ?? "").pathname,
    headers: { "content-type": "application/json" },
    body: callbackBody({
      workflowExecutionId: executionId,
      accountId: execution?.accountId ?? "",
      status: execution?.status ?? "",
    }),
  });
  const found = await read(
    () => metadataOf(fleet, identityId)["status"],
    (value) => value === status,
  );
  if (found !== status) {
    samples.errors.push(`The status of an identity is ${found} instead of ${status}`);
  }
}

/** Puts an identity into the simulator, as a registration would, and returns its id. */
export function addIdentity({ kratos }: Fleet, id: string = crypto.randomUUID()): string {
  const at = new Date().toISOString();
  // The simulator exposes its map as readonly. A registration would add this entry.
  (kratos.identities as Map<string, SimulatedIdentity>).set(id, {
    id,
    "schema_id": "person",
    state: "active",
    traits: { email: `${id}@example.com` },
    "metadata_public": null,
    "metadata_admin": null,
    "created_at": at,
    "updated_at": at,
  });
  return id;
}

/** Reads a value until it is as expected, or the deadline has passed. Returns the last value. */
async function read(
  readValue: () => unknown,
  isExpected: (value: unknown) => boolean,
): Promise<unknown> {
  const end = performance.now() + DEADLINE_MS;
  while (performance.now() < end && !isExpected(readValue())) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return readValue();
}
