// SPDX-License-Identifier: Apache-2.0
import {
  createJumioSimulator,
  type JumioSimulator,
} from "../../sandbox/simulators/jumio/simulator.ts";
import { renderStandIn } from "../../sandbox/simulators/kratos/jsonnet.ts";
import {
  createKratosSimulator,
  type KratosSimulator,
} from "../../sandbox/simulators/kratos/simulator.ts";
import { createActions } from "../support/context.ts";
import { EVENTS_ENV } from "../support/receiver.ts";
import type { Application } from "./application.ts";
import type { History } from "./history.ts";

/** The addresses in every world. */
export const KRATOS = "http://kratos:4434";
export const JUMIO = "https://jumio.example.com";

/** Both simulators, and the network between them, the application and the instances. */
export interface Upstreams {
  readonly jumio: JumioSimulator;
  readonly kratos: KratosSimulator;
  /** Records the writes that Kratos carries out, and the answers that get lost. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Creates simulators that send nothing by themselves: the world sends hooks and callbacks. */
export function createUpstreams(
  { history, application, now }: {
    history: History;
    application: Application;
    now: () => number;
  },
): Upstreams {
  const jumio = createJumioSimulator({
    hosts: { auth: JUMIO, account: JUMIO, retrieval: JUMIO, web: "https://web.example.com" },
    fetch: () => Promise.reject(new TypeError("The world sends the callbacks")),
    now,
    clientId: "client",
    clientSecret: "client-secret",
    accountsPerFiveSeconds: 1_000_000,
  });
  jumio.faults.callbacks = "drop";
  const kratos = createKratosSimulator({
    actions: createActions(),
    publicUrl: KRATOS,
    fetch: () => Promise.reject(new TypeError("The world sends the hooks")),
    render: renderStandIn,
    now,
  });
  return {
    jumio,
    kratos,
    async fetch(request) {
      if (request.url === EVENTS_ENV["EVENTS_URL"]) return await application.fetch(request);
      if (request.url.startsWith(KRATOS)) return await callKratos(request, { kratos, history });
      const isCreate = request.method === "PUT" || request.url === `${JUMIO}/api/v1/accounts`;
      const isLost = jumio.faults.losesNextAnswer || (isCreate && jumio.faults.failsAfterStart);
      if (isLost) history.excuses.lostAnswers++;
      return await jumio.fetch(request);
    },
  };
}

async function callKratos(
  request: Request,
  { kratos, history }: { kratos: KratosSimulator; history: History },
): Promise<Response> {
  const isPatch = request.method === "PATCH";
  const body = isPatch ? await request.clone().json() : undefined;
  const isLost = kratos.faults.losesNextPatch || kratos.faults.ignoresPatches;
  const response = await kratos.fetch(request);
  if (isPatch && response.status === 200) {
    const [{ path, value }] = body;
    // Where the metadata is not an object, all of it is replaced.
    const jumio = path === "/metadata_public" ? value.jumio : value;
    const { status, verdict, detail, workflow_execution_id: executionId } = jumio;
    const identityId = new URL(request.url).pathname.split("/").at(-1) ?? "";
    keepCopy(identityId, { jumio, isLost, history });
    if (isLost) history.excuses.lostPatches++;
    history.written.push({ identityId, status, verdict, detail, executionId });
  }
  return response;
}

/** Another program may keep a copy of what we wrote. */
function keepCopy(
  identityId: string,
  { jumio, isLost, history: { copies, falselyVerified } }: {
    jumio: unknown;
    isLost: boolean;
    history: History;
  },
): void {
  copies.set(identityId, [...copies.get(identityId) ?? [], { jumio }]);
  if (!isLost) falselyVerified.delete(identityId);
}
