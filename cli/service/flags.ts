import { createSecret, type Secret } from "../../lib/crypto/secret.ts";
import { type Arguments, type Flag, type Tools, UsageError } from "../frame/command.ts";

/** The flags of every command that calls the running service. */
export const SERVICE_FLAGS: Readonly<Record<string, Flag>> = {
  url: { value: "URL", summary: "The service's address; default: OPERATOR_URL, then PUBLIC_URL" },
  "secret-stdin": { summary: "Read OPERATOR_SECRET from standard input" },
};

/** The address of the running service and the secret for its operator API. */
export interface ServiceAccess {
  readonly url: URL;
  readonly secret: Secret;
}

/**
 * Reads {@linkcode SERVICE_FLAGS}, with the environment as the default.
 *
 * @throws {UsageError} If the address or the secret is missing.
 */
export async function readServiceAccess(
  args: Arguments,
  { env, readStdin }: Pick<Tools, "env" | "readStdin">,
): Promise<ServiceAccess> {
  const address = args.text("url") ?? env["OPERATOR_URL"] ?? env["PUBLIC_URL"] ?? "";
  if (address !== "" && !isAddress(address)) {
    const name = args.text("url") !== undefined
      ? "--url"
      : env["OPERATOR_URL"] !== undefined
      ? "OPERATOR_URL"
      : "PUBLIC_URL";
    throw new UsageError(
      `${name} has a wrong form: it must begin with http:// or https:// and a host, as in ` +
        "https://bridge.example.com, without a user name",
    );
  }
  if (address === "") {
    throw new UsageError(
      "Set OPERATOR_URL or PUBLIC_URL to the service's address, or use --url URL",
    );
  }
  const secrets = args.has("secret-stdin") ? await readStdin() : env["OPERATOR_SECRET"] ?? "";
  // During a rotation there are several. The first is the newest.
  const [secret] = secrets.trim().split(/\s+/);
  if (secret === undefined || secret === "") {
    throw new UsageError("Set OPERATOR_SECRET, or pass it on standard input with --secret-stdin");
  }
  // The slash at the end makes paths relative to the whole address, also if it has a path.
  return { url: new URL(`${address.replace(/\/+$/, "")}/`), secret: createSecret(secret) };
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === "";
}
