// SPDX-License-Identifier: Apache-2.0
import { renderStandIn } from "../../sandbox/simulators/kratos/jsonnet.ts";
import {
  createJumioSimulator,
  type JumioSimulator,
} from "../../sandbox/simulators/jumio/simulator.ts";
import {
  createKratosSimulator,
  type KratosSimulator,
} from "../../sandbox/simulators/kratos/simulator.ts";

/** Creates both simulators. No flow has a hook, so no service is needed. */
export function createSimulators(
  { fetch, now, jumioUrl }: {
    fetch: typeof globalThis.fetch;
    now: () => number;
    jumioUrl: string;
  },
): { jumio: JumioSimulator; kratos: KratosSimulator } {
  const jumio = createJumioSimulator({
    hosts: { auth: jumioUrl, account: jumioUrl, retrieval: jumioUrl, web: jumioUrl },
    fetch,
    now,
    clientId: "client",
    clientSecret: "secret",
  });
  const noHooks = { after: {} };
  const kratos = createKratosSimulator({
    actions: {
      selfservice: { flows: { registration: noHooks, login: noHooks, recovery: noHooks } },
    },
    publicUrl: "http://kratos",
    fetch,
    render: renderStandIn,
    now,
  });
  return { jumio, kratos };
}
