import * as z from "zod";
import { OperatorName, operatorNameHeader } from "../../lib/operator/operator_name.ts";
import {
  type Arguments,
  CommandError,
  type Flag,
  TemporaryError,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import { readServiceAccess, SERVICE_FLAGS } from "./flags.ts";

/** The flags of a command that changes something. */
export const CHANGE_FLAGS: Readonly<Record<string, Flag>> = {
  ...SERVICE_FLAGS,
  as: { value: "NAME", summary: "Your name, for the record; default: USER" },
};

/** Longer than the service's own deadline, so that we see its answer. */
const TIMEOUT_MS = 15_000;

const Problem = z.object({ title: z.string(), detail: z.string() });

/** The operator API of the running service. Its methods throw {@linkcode CommandError}. */
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

/** Creates a client of the service that the flags or the environment name. */
export async function createServiceClient(
  args: Arguments,
  tools: Tools,
): Promise<ServiceClient> {
  const { url, secret } = await readServiceAccess(args, tools);
  const authorization = `Bearer ${secret.reveal()}`;
  return {
    read(path, { schema, query = {} }) {
      const target = new URL(`operator/${path}`, url);
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) target.searchParams.set(name, value);
      }
      return send(new Request(target, { headers: { authorization } }), { schema, tools });
    },
    change(path, { schema, body = {} }) {
      const request = new Request(new URL(`operator/${path}`, url), {
        method: "POST",
        headers: {
          authorization,
          "content-type": "application/json",
          ...operatorNameHeader(readName(args, tools)),
        },
        body: JSON.stringify(body),
      });
      return send(request, { schema, tools });
    },
  };
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
    return new CommandError(
      "The service refused this OPERATOR_SECRET: use a value that the service has",
    );
  }
  if (status === 404 && problem.data?.detail.startsWith("There is nothing at this path")) {
    return new CommandError(
      "There is no operator API at this address: is OPERATOR_SECRET set on the service?",
    );
  }
  if (status >= 500) return new TemporaryError(`The service answered ${status}: ${detail}`);
  return new CommandError(detail === "" ? `The service answered ${status}` : detail);
}
