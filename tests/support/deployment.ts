// SPDX-License-Identifier: Apache-2.0
import { startDenokv } from "../../sandbox/processes/denokv.ts";
import { type Fleet, startFleet } from "../../sandbox/processes/fleet.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import { type NginxProcess, startNginx } from "./nginx_process.ts";

/** The parts of `deploy/compose.yaml`. */
export interface Deployment extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly nginx: NginxProcess;
  /** The proxy's port for the public, and its port for Ory. With the path, without a slash. */
  readonly publicUrl: string;
  readonly innerUrl: string;
}

/**
 * Starts the parts of `deploy/compose.yaml` as processes: denokv, two instances, and the proxy.
 *
 * With a path, such as `/kyc`, all addresses have it and the proxy takes it away.
 */
export async function startDeployment(
  env: Record<string, string> = {},
  { path = "", endsWithSlash = false } = {},
): Promise<Deployment> {
  const [publicPort, innerPort] = [getFreePort(), getFreePort()];
  const publicUrl = `http://127.0.0.1:${publicPort}${path}`;
  const innerUrl = `http://127.0.0.1:${innerPort}${path}`;
  const denokv = await startDenokv();
  const fleet = await startFleet({
    instances: 2,
    kvPath: denokv.url,
    hooksUrl: innerUrl,
    env: {
      "PUBLIC_URL": endsWithSlash ? `${publicUrl}/` : publicUrl,
      "DENO_KV_ACCESS_TOKEN": denokv.accessToken,
      "TRUSTED_PROXY_HOPS": "1",
      ...env,
    },
  });
  const [first = "", second = ""] = fleet.urls;
  const nginx = await startNginx({ publicPort, innerPort, instances: [first, second], path });
  return {
    fleet,
    nginx,
    publicUrl,
    innerUrl,
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
      await denokv[Symbol.asyncDispose]();
    },
  };
}
