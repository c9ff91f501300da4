// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const BASE = "localhost/deno-on-debian";
const IMAGE = "localhost/ory-jumio-bridge";

/** As Kubernetes runs it. The limits are for machines on which root may not raise them. */
const RUN = [
  "--read-only",
  "--network=host",
  "--cap-drop=all",
  "--security-opt=no-new-privileges",
  "--ulimit=nofile=1024:1024",
  "--ulimit=nproc=1024:1024",
];

type Podman = (args: readonly string[]) => Promise<string>;

/** The image of `deploy/Containerfile`. */
export interface Image extends AsyncDisposable {
  /** The files in `/app` without packages, the packages or their scopes, and the size of `/app`. */
  list(): Promise<{ files: string[]; packages: string[]; bytes: number }>;
  /** Runs a shell script instead of the service, and returns its standard output. */
  runShell(script: string): Promise<string>;
  /** Starts the service in the network of this machine, with a file system that is read-only. */
  start(env: Readonly<Record<string, string>>): Promise<Container>;
}

/** A running container. */
export interface Container extends AsyncDisposable {
  /** Runs the health check of the image, and throws if it fails. */
  checkHealth(): Promise<void>;
  /** Sends SIGTERM, and SIGKILL after `seconds`. Returns the exit code of the service. */
  stop(options: { seconds: number }): Promise<number>;
}

/**
 * Builds the image with podman, on a base of Debian's minimal system and the Deno of this process,
 * because the base image cannot be had everywhere. Needs podman, runc and debootstrap.
 */
export async function buildImage(): Promise<Image> {
  const folder = await Deno.makeTempDir({ prefix: "image-" });
  const podman = createPodman(folder);
  await buildBase(folder, podman);
  const options = ["--layers=false", "--format=docker", "--isolation=chroot", "--network=host"];
  await podman([
    "build",
    ...options,
    ...await mountRegistryConfig(),
    `--build-arg=BASE=${BASE}`,
    `--ignorefile=${ROOT}deploy/Containerfile.dockerignore`,
    `--file=${ROOT}deploy/Containerfile`,
    `--tag=${IMAGE}`,
    ROOT,
  ]);
  const runShell = (script: string) =>
    podman(["run", ...RUN, "--rm", "--entrypoint=/bin/sh", IMAGE, "-c", script]);
  return {
    async list() {
      const found = await runShell("find /app -type f -printf '%s %P\\n'");
      const all = found.trim().split("\n").map((line) => line.split(" "));
      const paths = all.map(([, path = ""]) => path);
      const packages = paths.flatMap((path) =>
        /^\.deno\/npm\/[^/]+\/([^/]+)/.exec(path)?.[1] ?? []
      );
      return {
        files: paths.filter((path) => !path.startsWith(".deno/")),
        packages: [...new Set(packages)].sort(),
        bytes: all.reduce((sum, [size]) => sum + Number(size), 0),
      };
    },
    runShell,
    async start(env) {
      const settings = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
      const id = (await podman(["run", ...RUN, "--detach", ...settings, IMAGE])).trim();
      return {
        async checkHealth() {
          await podman(["healthcheck", "run", id]);
        },
        async stop({ seconds }) {
          await podman(["stop", `--time=${seconds}`, id]);
          return Number(await podman(["inspect", "--format={{.State.ExitCode}}", id]));
        },
        async [Symbol.asyncDispose]() {
          await podman(["rm", "--force", "--volumes", id]);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await podman(["image", "rm", "--force", IMAGE, BASE]);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Podman with a store of its own in `folder`. It fails with the messages of a command that fails. */
function createPodman(folder: string): Podman {
  const store = ["--root", join(folder, "store"), "--runroot", join(folder, "run")];
  const options = ["--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--events-backend=none"];
  return (args) => run("podman", [...store, ...options, "--runtime=runc", ...args]);
}

async function buildBase(folder: string, podman: Podman): Promise<void> {
  const system = join(folder, "system");
  const archive = join(folder, "system.tar");
  await run("debootstrap", ["--variant=minbase", "bookworm", system]);
  await Deno.copyFile(Deno.execPath(), join(system, "bin", "deno"));
  // This machine may reach the package registry through a proxy with a certificate of its own.
  const certificates = Deno.env.get("NODE_EXTRA_CA_CERTS");
  const changes: string[] = [];
  if (certificates !== undefined) {
    await Deno.copyFile(certificates, join(system, "etc", "certificates.pem"));
    changes.push("--change=ENV NODE_EXTRA_CA_CERTS=/etc/certificates.pem");
  }
  await run("tar", ["-C", system, "-cf", archive, "."]);
  await podman(["import", ...changes, archive, BASE]);
}

/** The file that says which package registry this machine uses, if there is one. */
async function mountRegistryConfig(): Promise<string[]> {
  const path = join(Deno.env.get("HOME") ?? "/", ".npmrc");
  try {
    await Deno.stat(path);
    return [`--volume=${path}:/root/.npmrc:ro`];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
