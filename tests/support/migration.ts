// SPDX-License-Identifier: Apache-2.0
import { migrate } from "../../cli/migrate/migrate.ts";
import { runOperator } from "../../cli/frame/run.ts";
import { renderStandIn } from "../../sandbox/simulators/kratos/jsonnet.ts";
import {
  createKratosSimulator,
  type KratosSimulator,
} from "../../sandbox/simulators/kratos/simulator.ts";
import { createActions } from "./context.ts";
import { createTestRuntime } from "./operator_runtime.ts";

const KRATOS = "http://kratos:4434";

/** A Kratos simulator with identities, and `operator migrate` on it. */
export interface Migration {
  readonly kratos: KratosSimulator;
  /** Adds an identity and returns its id. */
  add(metadataPublic: unknown, metadataAdmin?: unknown): Promise<string>;
  run(...args: string[]): Promise<{
    exitCode: number;
    // deno-lint-ignore no-explicit-any -- the report is compared, part by part
    report: any;
    stdout: string;
    stderr: string;
  }>;
  metadata(identityId: string): unknown;
  readonly requests: readonly { method: string; body: string }[];
  readonly waits: readonly number[];
}

/** Creates one. `beforePatch` runs before each PATCH of an identity. */
export function createMigration(
  { beforePatch = () => {}, isTerminal = false }: {
    beforePatch?: (kratos: KratosSimulator) => Promise<void> | void;
    isTerminal?: boolean;
  } = {},
): Migration {
  const requests: { method: string; body: string }[] = [];
  const waits: number[] = [];
  const kratos = createKratosSimulator({
    actions: createActions(),
    publicUrl: KRATOS,
    fetch: () => Promise.reject(new TypeError("This test has no service")),
    render: renderStandIn,
    now: () => 0,
  });
  let added = 0;

  return {
    kratos,
    requests,
    waits,
    async add(metadataPublic, metadataAdmin) {
      const traits = { email: `person-${added++}@example.com` };
      const body = { traits, "metadata_public": metadataPublic, "metadata_admin": metadataAdmin };
      const init = { method: "POST", body: JSON.stringify(body) };
      const answer = await kratos.fetch(new Request(`${KRATOS}/admin/identities`, init));
      return (await answer.json()).id;
    },
    async run(...args) {
      const { runtime, stdout, stderr } = createTestRuntime({
        env: { "KRATOS_ADMIN_URL": KRATOS },
        isTerminal,
        delay: (ms) => {
          waits.push(ms);
          return Promise.resolve();
        },
        async fetch(input, init) {
          const request = new Request(input, init);
          requests.push({ method: request.method, body: await request.clone().text() });
          if (request.method === "PATCH") await beforePatch(kratos);
          return await kratos.fetch(request);
        },
      });
      const exitCode = await runOperator(["migrate", ...args], { commands: [migrate], runtime });
      const report = args.includes("--json") ? JSON.parse(stdout()) : undefined;
      return { exitCode, report, stdout: stdout(), stderr: stderr() };
    },
    metadata: (identityId) => kratos.identities.get(identityId)?.["metadata_public"],
  };
}
