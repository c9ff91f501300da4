// SPDX-License-Identifier: Apache-2.0
import { createSecret, type Secret } from "../../lib/crypto/secret.ts";
import { parseOperatorValue } from "../../lib/operator/operator_value.ts";
import { readAddress } from "../frame/address.ts";
import { type Arguments, type Flag, type Tools, UsageError } from "../frame/command.ts";

/** The flags of every command that calls the running service. */
export const SERVICE_FLAGS: Readonly<Record<string, Flag>> = {
  url: { value: "URL", summary: "The service's address; default: OPERATOR_URL, then PUBLIC_URL" },
  "secret-stdin": { summary: "Read OPERATOR_SECRET from standard input" },
  as: { value: "NAME", summary: "Your name, for the record; default: the secret's, then USER" },
};

/** What a header can hold. */
const SENDABLE = /^[\x21-\x7e\xa0-\xff]+$/;

/** The address of the running service and the secret for its operator API. */
export interface ServiceAccess {
  readonly url: URL;
  /** A whole value of the setting: that is what the service compares. */
  readonly secret: Secret;
  /** The name that the secret has. */
  readonly name: string | undefined;
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
  const values = secrets.trim().split(/\s+/).map((secret) => ({
    secret,
    name: readNameOf(secret),
  }));
  const { secret, name } = pickValue(values, args.text("as"));
  if (secret === "") {
    throw new UsageError("Set OPERATOR_SECRET, or pass it on standard input with --secret-stdin");
  }
  if (!SENDABLE.test(secret)) {
    const source = isPiped ? "The secret on standard input" : "OPERATOR_SECRET";
    throw new UsageError(
      `${source} has a wrong form: a header can hold only characters of Latin-1`,
    );
  }
  // The slash at the end makes paths relative to the whole address, also if it has a path.
  return { url: new URL(`${url.href.replace(/\/+$/, "")}/`), secret: createSecret(secret), name };
}

/** A value of the setting, and its name. */
interface NamedValue {
  readonly secret: string;
  readonly name: string | undefined;
}

/**
 * Picks the newest value of one name. The setting of the service has the values of several people:
 * nobody must act as another one by accident.
 */
function pickValue(values: readonly NamedValue[], as: string | undefined): NamedValue {
  if (as === undefined) {
    const names = new Set(values.flatMap(({ name }) => name ?? []));
    if (names.size > 1) {
      throw new UsageError("OPERATOR_SECRET has values of several names: choose with --as NAME");
    }
  }
  const picked = as === undefined
    ? values[0]
    : values.find(({ name }) => name === as) ?? values.find(({ name }) => name === undefined);
  if (picked === undefined) {
    throw new UsageError("OPERATOR_SECRET has no value of the name in --as");
  }
  return picked;
}

/** The name of a value. A value of a wrong form has none: the service refuses it. */
function readNameOf(text: string): string | undefined {
  const parsed = parseOperatorValue(text);
  return parsed.ok ? parsed.value.name : undefined;
}
