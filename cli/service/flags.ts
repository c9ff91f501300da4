import { createSecret, type Secret } from "../../lib/crypto/secret.ts";
import { readAddress } from "../frame/address.ts";
import { type Arguments, type Flag, type Tools, UsageError } from "../frame/command.ts";

/** The flags of every command that calls the running service. */
export const SERVICE_FLAGS: Readonly<Record<string, Flag>> = {
  url: { value: "URL", summary: "The service's address; default: OPERATOR_URL, then PUBLIC_URL" },
  "secret-stdin": { summary: "Read OPERATOR_SECRET from standard input" },
};

/** What a header can hold. */
const SENDABLE = /^[\x21-\x7e\xa0-\xff]+$/;

/** The address of the running service and the secret for its operator API. */
export interface ServiceAccess {
  readonly url: URL;
  readonly secret: Secret;
}

/**
 * Reads {@linkcode SERVICE_FLAGS}, with the environment as the default.
 *
 * @throws {UsageError} If the address or the secret is missing, or of a wrong form.
 */
export async function readServiceAccess(
  args: Arguments,
  { env, readStdin }: Pick<Tools, "env" | "readStdin">,
): Promise<ServiceAccess> {
  const url = readAddress([
    { name: "--url", text: args.text("url") },
    { name: "OPERATOR_URL", text: env["OPERATOR_URL"] },
    { name: "PUBLIC_URL", text: env["PUBLIC_URL"] },
  ]);
  if (url === undefined) {
    throw new UsageError(
      "Set OPERATOR_URL or PUBLIC_URL to the service's address, or use --url URL",
    );
  }
  const isPiped = args.has("secret-stdin");
  const secrets = isPiped ? await readStdin() : env["OPERATOR_SECRET"] ?? "";
  // During a rotation there are several. The first is the newest.
  const [secret] = secrets.trim().split(/\s+/);
  if (secret === undefined || secret === "") {
    throw new UsageError("Set OPERATOR_SECRET, or pass it on standard input with --secret-stdin");
  }
  if (!SENDABLE.test(secret)) {
    const name = isPiped ? "The secret on standard input" : "OPERATOR_SECRET";
    throw new UsageError(`${name} has a wrong form: a header can hold only characters of Latin-1`);
  }
  // The slash at the end makes paths relative to the whole address, also if it has a path.
  return { url: new URL(`${url.href.replace(/\/+$/, "")}/`), secret: createSecret(secret) };
}
