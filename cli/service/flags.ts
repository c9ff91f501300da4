import { createSecret, type Secret } from "../../lib/crypto/secret.ts";
import { type Arguments, type Flag, type Tools, UsageError } from "../frame/command.ts";

/** The flags of each command that asks the running service. */
export const SERVICE_FLAGS: Readonly<Record<string, Flag>> = {
  url: { value: "URL", summary: "The service's address; default OPERATOR_URL, or PUBLIC_URL" },
  "secret-stdin": { summary: "Read OPERATOR_SECRET from standard input" },
};

/** Where the running service is, and what opens its operator API. */
export interface ServiceAccess {
  readonly url: URL;
  readonly secret: Secret;
}

/**
 * Reads {@linkcode SERVICE_FLAGS}, and the environment for what they leave open.
 *
 * @throws {UsageError} Where the address or the secret is missing.
 */
export async function readServiceAccess(
  args: Arguments,
  { env, readStdin }: Pick<Tools, "env" | "readStdin">,
): Promise<ServiceAccess> {
  const address = args.text("url") ?? env["OPERATOR_URL"] ?? env["PUBLIC_URL"] ?? "";
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new UsageError("Set OPERATOR_URL or PUBLIC_URL, or name the service by --url");
  }
  const given = args.has("secret-stdin") ? await readStdin() : env["OPERATOR_SECRET"] ?? "";
  // During a rotation there are several: the newest is the first.
  const [secret] = given.trim().split(/\s+/);
  if (secret === undefined || secret === "") {
    throw new UsageError("Set OPERATOR_SECRET, or hand it in by --secret-stdin");
  }
  // Below a path too: what is joined to it must not take the place of its last part.
  return { url: new URL(`${address.replace(/\/+$/, "")}/`), secret: createSecret(secret) };
}
