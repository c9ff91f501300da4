// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { findJsonnet, JSONNET_CURE } from "../../sandbox/simulators/kratos/jsonnet.ts";

const NONE = { status: "none", verdict: null, "decided_at": null, "valid_until": null };
const VERIFIED = {
  status: "verified",
  verdict: "PASSED",
  "account_id": "11111111-1111-4111-8111-111111111111",
  "workflow_execution_id": "22222222-2222-4222-8222-222222222222",
  "verification_url": "https://kyc.example.com/jumio/verify?token=x",
  "initiated_at": "2026-05-04T09:00:00.000Z",
  "decided_at": "2026-05-04T09:10:00.000Z",
  "valid_until": "2027-05-04T09:10:00.000Z",
  detail: null,
};
const CLAIM = {
  status: "verified",
  verdict: "PASSED",
  "decided_at": "2026-05-04T09:10:00.000Z",
  "valid_until": "2027-05-04T09:10:00.000Z",
};
const REJECTED = { ...NONE, status: "rejected" };

/** The claim for each session. */
const SESSIONS: readonly [name: string, session: unknown, claim: unknown][] = [
  ["without an identity", {}, NONE],
  ["whose identity is null", { identity: null }, NONE],
  ["without metadata_public", { identity: { id: "x" } }, NONE],
  ...([
    ["null", null, NONE],
    ["empty", {}, NONE],
    ["a string", "verified", NONE],
    ["a list", [{ status: "verified" }], NONE],
    ["jumio null", { jumio: null }, NONE],
    ["jumio a string", { jumio: "verified" }, NONE],
    ["jumio a list", { jumio: [{ status: "verified" }] }, NONE],
    ["jumio without a status", { jumio: { verdict: "PASSED" } }, NONE],
    ["jumio with a status that is a number", { jumio: { ...VERIFIED, status: 1 } }, NONE],
    ["jumio with an unknown status", { jumio: { ...VERIFIED, status: "VERIFIED" } }, NONE],
    ["verified", { jumio: VERIFIED, plan: "gold" }, CLAIM],
    ["pending", { jumio: { status: "pending", verdict: null } }, { ...NONE, status: "pending" }],
    ["jumio with malformed fields", {
      jumio: { status: "verified", verdict: {}, "decided_at": 5, "valid_until": ["x"] },
    }, { ...NONE, status: "verified" }],
    ["the sample's rejected", { "jumio_verification_status": "rejected" }, REJECTED],
    ["the sample's approved", { "jumio_verification_status": "approved" }, NONE],
    ["the sample's rejected beside our own", {
      "jumio_verification_status": "rejected",
      jumio: VERIFIED,
    }, CLAIM],
  ] as const).map(([name, metadata, claim]): [string, unknown, unknown] => [
    `whose metadata_public is ${name}`,
    { identity: { id: "x", "metadata_public": metadata } },
    claim,
  ]),
];

const program = await findJsonnet();
const hint = program === undefined ? ` (skipped: ${JSONNET_CURE})` : "";

/** Runs the mapper as Kratos does. */
async function map(session: unknown): Promise<unknown> {
  const { success, stdout, stderr } = await new Deno.Command(program ?? "", {
    args: [
      "--ext-code",
      `session=${JSON.stringify(session)}`,
      "--ext-code",
      `claims={"sub": "x"}`,
      decodeURIComponent(new URL("../../jsonnet/claims.jsonnet", import.meta.url).pathname),
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

for (const [name, session, claim] of SESSIONS) {
  Deno.test({
    name: `claims.jsonnet maps a session ${name}${hint}`,
    ignore: program === undefined,
    async fn() {
      assert.deepEqual(await map(session), { claims: { jumio: claim } });
    },
  });
}
