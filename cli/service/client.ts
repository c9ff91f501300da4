// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { findCure } from "../../lib/operator/cures.ts";
import { OperatorName, operatorNameHeader } from "../../lib/operator/operator_name.ts";
import {
  type Arguments,
  CommandError,
  type Flag,
  RefusedError,
  TemporaryError,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import { readServiceAccess, SERVICE_FLAGS, type ServiceAccess } from "./flags.ts";

/** The flags of a command that changes something. */
export const CHANGE_FLAGS: Readonly<Record<string, Flag>> = SERVICE_FLAGS;

/** Longer than the service's own deadline, so that we see its answer. */
const TIMEOUT_MS = 15_000;

const Problem = z.object({
  title: z.string(),
  detail: z.string(),
  /** Of an upstream that failed. */
  reason: z.optional(z.string()),
  "upstream_status": z.optional(z.int()),
});

const NAME_YOURSELF = "Name yourself with --as NAME: 1 to 64 letters, digits, spaces or . _ @ -";

/** Stands for the operator in the record of a command that changes nothing. */
const UNNAMED = "unnamed";

/** What only reads the operator API. Its methods throw {@linkcode CommandError}. */
export interface ServiceReader {
  read<Schema extends z.ZodType>(
    path: string,
    options: { schema: Schema; query?: Readonly<Record<string, string | undefined>> },
  ): Promise<z.output<Schema>>;
}

/** The operator API of the running service. Each change is recorded under the operator's name. */
export interface ServiceClient extends ServiceReader {
  change<Schema extends z.ZodType>(
    path: string,
    options: { schema: Schema; body?: unknown },
  ): Promise<z.output<Schema>>;
}

/** Creates a reader of the service that the flags or the environment name. */
export async function createServiceReader(
  args: Arguments,
  tools: Tools,
): Promise<ServiceReader> {
  const access = await readServiceAccess(args, tools);
  return createReader(access, { name: readName(args, tools, access), tools });
}

/**
 * Creates a client that can change something, for a command with {@linkcode CHANGE_FLAGS}.
 *
 * @throws {UsageError} If nobody is named, except for a command that changes nothing.
 */
export async function createServiceClient(
  args: Arguments,
  tools: Tools,
  { changesNothing = false }: { changesNothing?: boolean } = {},
): Promise<ServiceClient> {
  const access = await readServiceAccess(args, tools);
  const name = readName(args, tools, access);
  if (name === undefined && access.name === undefined && !changesNothing) {
    throw new UsageError(NAME_YOURSELF);
  }
  return {
    ...createReader(access, { name, tools }),
    change(path, { schema, body = {} }) {
      const request = new Request(new URL(`operator/${path}`, access.url), {
        method: "POST",
        headers: {
          authorization: bearerOf(access),
          "content-type": "application/json",
          ...(access.name === undefined ? operatorNameHeader(name ?? UNNAMED) : {}),
        },
        body: JSON.stringify(body),
      });
      return send(request, { schema, tools });
    },
  };
}

function createReader(
  access: ServiceAccess,
  { name, tools }: { name: string | undefined; tools: Tools },
): ServiceReader {
  return {
    read(path, { schema, query = {} }) {
      const target = new URL(`operator/${path}`, access.url);
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) target.searchParams.set(name, value);
      }
      const headers = {
        authorization: bearerOf(access),
        ...(name === undefined ? {} : operatorNameHeader(name)),
      };
      return send(new Request(target, { headers }), { schema, tools });
    },
  };
}

function bearerOf({ secret }: ServiceAccess): string {
  return `Bearer ${secret.reveal()}`;
}

async function send<Schema extends z.ZodType>(
  request: Request,
  { schema, tools }: { schema: Schema; tools: Pick<Tools, "fetch"> },
): Promise<z.output<Schema>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await tools.fetch(request, { redirect: "manual", signal })
    .catch((cause) => {
      const { origin } = new URL(request.url);
      throw new TemporaryError(`Cannot reach the service at ${origin}`, { cause });
    });
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw explain(response.status, answer);
  const parsed = schema.safeParse(answer);
  if (!parsed.success) {
    throw new CommandError(
      "The service sent an answer that this program cannot read: is it another version?",
      { cause: parsed.error },
    );
  }
  return parsed.data;
}

/** The name to give. Undefined where none is known, or the secret has its own. */
function readName(
  args: Arguments,
  { env }: Pick<Tools, "env">,
  access: ServiceAccess,
): string | undefined {
  if (access.name !== undefined) return undefined;
  const given = args.text("as");
  const name = OperatorName.safeParse(given ?? env["USER"] ?? "");
  if (given !== undefined && !name.success) throw new UsageError(NAME_YOURSELF);
  return name.data;
}

function explain(status: number, answer: unknown): CommandError {
  const problem = Problem.safeParse(answer);
  const detail = problem.success ? `${problem.data.title}. ${problem.data.detail}` : "";
  if (status === 401) {
    return new CommandError(
      "The service refused this OPERATOR_SECRET: use a value that the service has",
    );
  }
  if (status === 404 && problem.data?.detail.startsWith("There is nothing at this path")) {
    return new CommandError(
      "There is no operator API at this address: is OPERATOR_SECRET set on the service?",
    );
  }
  if (status >= 500) {
    const cure = problem.success ? describeCure(problem.data) : "";
    return new TemporaryError(`The service answered ${status}: ${detail}${cure}`);
  }
  const message = detail === "" ? `The service answered ${status}` : detail;
  // The secret may only read, the service has no such record, or its state does not allow this.
  return problem.success && [403, 404, 409].includes(status)
    ? new RefusedError(message)
    : new CommandError(message);
}

function describeCure({ reason, ...problem }: z.output<typeof Problem>): string {
  if (reason === undefined) return "";
  const status = problem["upstream_status"] ?? null;
  return `. Next step: ${findCure({ reason, status }).nextStep}`;
}
