// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  createJsonnet,
  findJsonnet,
  JSONNET_CURE,
} from "../../sandbox/simulators/kratos/jsonnet.ts";
import { operate } from "../support/operator.ts";

const ENV = { "PUBLIC_URL": "https://bridge.example.com" };

const program = await findJsonnet();

/** Metadata of identities, with the status that the service reads from it. */
const STATUSES: readonly [status: string, metadata: unknown][] = [
  ["none", null],
  ["none", {}],
  ["none", { jumio: {} }],
  ["none", { jumio: { status: 1 } }],
  ["none", { jumio: { status: "unknown" } }],
  ["none", { jumio: { status: ["rejected"] } }],
  ["rejected", { "jumio_verification_status": "rejected" }],
  ...["pending", "review", "rejected", "expired"].map((status) =>
    [status, { jumio: { status } }] as const
  ),
  ["verified", { jumio: { status: "verified" } }],
].map(([status, metadata]) => [String(status), metadata]);

const EVERY_STATUS = ["none", "pending", "review", "rejected", "expired"];

for (
  const [flags, asked] of [
    [[], EVERY_STATUS],
    [["--ask-only=rejected"], ["rejected"]],
    [["--ask-only=none,rejected"], ["none", "rejected"]],
    [["--ask-only=none,pending,review,rejected,expired"], EVERY_STATUS],
    [["--ask-all"], [...EVERY_STATUS, "verified"]],
  ] as const
) {
  Deno.test({
    name: `operator render [${flags}] asks about ${asked} and lets in others without a call${
      program === undefined ? ` (skipped: ${JSONNET_CURE})` : ""
    }`,
    ignore: program === undefined,
    async fn() {
      const folder = await Deno.makeTempDir();
      const { stdout } = await operate(["render", "--format", "validate.jsonnet", ...flags], {
        env: ENV,
      });
      await Deno.writeTextFile(join(folder, "validate.jsonnet"), stdout);
      const evaluate = createJsonnet(program ?? "", new URL(`file://${folder}/`));

      for (const [status, metadata] of STATUSES) {
        const identity = { id: "ada", "metadata_public": metadata };
        const rendered = await evaluate("validate", { identity, flow: { id: "flow" } });
        const isAsked = asked.some((name) => name === status);
        assert.equal(rendered !== "cancel", isAsked, JSON.stringify(metadata));
      }
      await Deno.remove(folder, { recursive: true });
    },
  });
}
