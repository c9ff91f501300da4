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

for (
  const asked of [["rejected"], ["none", "rejected"], [
    "none",
    "pending",
    "review",
    "rejected",
    "expired",
  ]]
) {
  Deno.test({
    name: `operator render --ask-only ${asked} asks about these statuses and no others${
      program === undefined ? ` (skipped: ${JSONNET_CURE})` : ""
    }`,
    ignore: program === undefined,
    async fn() {
      const folder = await Deno.makeTempDir();
      const { stdout } = await operate(
        ["render", "--format", "validate.jsonnet", "--ask-only", asked.join()],
        { env: ENV },
      );
      await Deno.writeTextFile(join(folder, "validate.jsonnet"), stdout);
      const evaluate = createJsonnet(program ?? "", new URL(`file://${folder}/`));

      for (const [status, metadata] of STATUSES) {
        const identity = { id: "ada", "metadata_public": metadata };
        const rendered = await evaluate("validate", { identity, flow: { id: "flow" } });
        assert.equal(rendered !== "cancel", asked.includes(status), JSON.stringify(metadata));
      }
      await Deno.remove(folder, { recursive: true });
    },
  });
}
