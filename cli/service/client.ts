import * as z from "zod";
import {
  type Arguments,
  CommandError,
  type Flag,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import { OperatorName, operatorNameHeader } from "../../lib/operator/operator_name.ts";
import { readServiceAccess, SERVICE_FLAGS } from "./flags.ts";

/** The flags of a command that changes something. */
export const CHANGE_FLAGS: Readonly<Record<string, Flag>> = {
  ...SERVICE_FLAGS,
  as: { value: "NAME", summary: "Who you are, for the record; default USER" },
};

/** Longer than the service's own deadline, so that its answer is the one that is seen. */
const TIMEOUT_MS = 15_000;

const Problem = z.object({ title: z.string(), detail: z.string() });

/** The operator API of the running service. */
export interface ServiceClient {
  read<Schema extends z.ZodType>(
    path: string,
    options: { schema: Schema; query?: Readonly<Record<string, string | undefined>> },
  ): Promise<z.output<Schema>>;
  change<Schema extends z.ZodType>(
    path: string,
    options: { schema: Schema; body?: unknown },
  ): Promise<z.output<Schema>>;
}

/** The service cannot do it now, and may do it later. */
export class ServiceUnavailable extends CommandError {
  override readonly name = "CommandError";
}

/** Creates a client of the service that the flags or the environment name. */
export async function createServiceClient(
  args: Arguments,
  tools: Tools,
): Promise<ServiceClient> {
  const { url, secret } = await readServiceAccess(args, tools);
  const authorization = `Bearer ${secret.reveal()}`;

  async function send<Schema extends z.ZodType>(
    target: URL,
    { schema, ...init }: RequestInit & { schema: Schema },
  ): Promise<z.output<Schema>> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await tools.fetch(target, { ...init, redirect: "manual", signal })
      .catch((cause) => {
        throw new ServiceUnavailable(`Cannot reach the service at ${url.origin}`, { cause });
      });
    const answer = await response.json().catch(() => undefined);
    if (!response.ok) throw explain(response.status, answer);
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      const cause = parsed.error;
      throw new CommandError("The service answered in a form that this program does not know", {
        cause,
      });
    }
    return parsed.data;
  }

  return {
    read(path, { schema, query = {} }) {
      const target = new URL(`operator/${path}`, url);
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) target.searchParams.set(name, value);
      }
      return send(target, { schema, headers: { authorization } });
    },
    change(path, { schema, body = {} }) {
      const headers = {
        authorization,
        "content-type": "application/json",
        ...operatorNameHeader(readName(args, tools)),
      };
      const target = new URL(`operator/${path}`, url);
      return send(target, { schema, method: "POST", headers, body: JSON.stringify(body) });
    },
  };
}

function readName(args: Arguments, { env }: Tools): string {
  const name = OperatorName.safeParse(args.text("as") ?? env["USER"] ?? "");
  if (!name.success) {
    throw new UsageError(
      "Name yourself with --as NAME: 1 to 64 letters, digits, spaces or . _ @ -",
    );
  }
  return name.data;
}

function explain(status: number, answer: unknown): CommandError {
  const problem = Problem.safeParse(answer);
  const detail = problem.success ? `${problem.data.title}. ${problem.data.detail}` : "";
  if (status === 401) {
    return new CommandError("The service refused OPERATOR_SECRET: it is not one of its own");
  }
  if (status === 404 && problem.data?.detail.startsWith("There is nothing at this path")) {
    return new CommandError(
      "There is no operator API at this address: is OPERATOR_SECRET set on the service?",
    );
  }
  if (status >= 500) return new ServiceUnavailable(`The service answered ${status}: ${detail}`);
  return new CommandError(detail === "" ? `The service answered ${status}` : detail);
}
