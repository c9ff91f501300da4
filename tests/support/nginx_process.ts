// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

const ROOT = new URL("../../", import.meta.url);

/** A running nginx with `deploy/nginx.conf`, in front of instances on loopback. */
export interface NginxProcess extends AsyncDisposable {
  /** Reads its access log and error log. */
  log(): Promise<string>;
}

/** Starts nginx (`NGINX_BIN`, or Debian's) on two ports, in front of two instances. */
export async function startNginx(
  { publicPort, innerPort, instances, path = "" }: {
    publicPort: number;
    innerPort: number;
    instances: readonly [string, string];
    /** The path of `PUBLIC_URL`, which nginx takes away, such as `/kyc`. */
    path?: string;
  },
): Promise<NginxProcess> {
  const folder = await Deno.makeTempDir({ prefix: "proxy-" });
  const config = join(folder, "nginx.conf");
  const logFile = join(folder, "log");
  // Only addresses and paths change. The rest of the file is tested as it is.
  const replaced = new Map([
    ["bridge-1:3000", new URL(instances[0]).host],
    ["bridge-2:3000", new URL(instances[1]).host],
    ["listen 8080", `listen 127.0.0.1:${publicPort}`],
    ["listen 8081", `listen 127.0.0.1:${innerPort}`],
    ["/dev/stdout", logFile],
    ["/dev/stderr", logFile],
    ...(path === "" ? [] : [["# rewrite ^/kyc(", `rewrite ^${path}(`] as const]),
  ]);
  let text = await Deno.readTextFile(new URL("deploy/nginx.conf", ROOT));
  for (const [from, to] of replaced) {
    if (!text.includes(from)) throw new Error(`Cannot find ${from} in deploy/nginx.conf`);
    text = text.replaceAll(from, to);
  }
  await Deno.writeTextFile(config, text.replaceAll("/tmp/nginx", join(folder, "nginx")));
  const binary = Deno.env.get("NGINX_BIN") ?? "/usr/sbin/nginx";
  await Deno.stat(binary).catch((cause) => {
    throw new Error("Cannot find nginx: install it, or set NGINX_BIN to its path", { cause });
  });
  const child = new Deno.Command(binary, {
    args: ["-e", logFile, "-c", config, "-g", "daemon off;"],
    stdout: "null",
  }).spawn();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  // It writes this file when it has all its ports. While it retries one, it already answers on others.
  await waitUntil("nginx has its ports, or has ended", async () => {
    if (!hasEnded) await Deno.stat(join(folder, "nginx.pid"));
    return true;
  });
  if (hasEnded) throw new Error(`Cannot start nginx: ${await Deno.readTextFile(logFile)}`);
  return {
    log: () => Deno.readTextFile(logFile),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
