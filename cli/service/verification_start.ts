import type * as z from "zod";
import { MissingAnswer, RecordAnswer } from "../../lib/operator/answers.ts";
import {
  type Arguments,
  type Command,
  CommandError,
  type Result,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import {
  CHANGE_FLAGS,
  createServiceClient,
  type ServiceClient,
  ServiceUnavailable,
} from "./client.ts";
import { showRecord } from "./records.ts";

/** Ory Network allows 25 lists a minute on its smallest plan. */
const DEFAULT_PAUSE_SECONDS = 2.5;

/** A page that fails is asked for again, each time after twice the wait. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 5_000;

/** `operator verification start`. */
export const verificationStart: Command = {
  name: "verification start",
  summary: "Starts verifications that were never started",
  about: `With an identity's id: starts its verification.

With --missing: looks through all identities in Ory for those without a verification, who registered
while the service was down, or before it. It only counts them, unless --yes is there. Then their
starts go into the queue, which keeps to Jumio's account limit. It can be repeated, and goes on
where it stopped by --page-token. Who was erased is left in peace.`,
  operands: { usage: "[IDENTITY]", min: 0, max: 1 },
  flags: {
    ...CHANGE_FLAGS,
    missing: { summary: "All identities that have no verification" },
    yes: { summary: "With --missing: start them, not only count them" },
    "page-token": { value: "TOKEN", summary: "With --missing: go on from here" },
    pause: { value: "SECONDS", summary: "With --missing: between two pages; default 2.5" },
  },
  async run(args, tools) {
    const [identityId] = args.operands;
    if ((identityId === undefined) === !args.has("missing")) {
      throw new UsageError("Name one identity, or all by --missing");
    }
    const client = await createServiceClient(args, tools);
    if (identityId === undefined) return await startMissing(client, { args, tools });
    const path = `verifications/${encodeURIComponent(identityId)}/start`;
    const record = await client.change(path, { schema: RecordAnswer });
    return showRecord(record, "A start is queued.");
  },
};

async function startMissing(
  client: ServiceClient,
  { args, tools }: { args: Arguments; tools: Tools },
): Promise<Result> {
  const isDryRun = !args.has("yes");
  const pauseMs = 1000 * Number(args.text("pause") ?? DEFAULT_PAUSE_SECONDS);
  if (!(pauseMs >= 0)) throw new UsageError("--pause takes a number of seconds");
  const missing: string[] = [];
  let lookedAt = 0;
  let started = 0;
  let token = args.text("page-token");
  for (;;) {
    const page = await readPage(client, { token, isDryRun, tools });
    lookedAt += page["looked_at"];
    started += page.started;
    missing.push(...page.missing);
    const so = isDryRun ? `${missing.length} without a verification` : `${started} started`;
    tools.progress(`${lookedAt} identities, ${so}`);
    token = page["next_page_token"] ?? undefined;
    if (token === undefined) break;
    await tools.delay(pauseMs);
  }
  const data = { "dry_run": isDryRun, "looked_at": lookedAt, missing, started };
  const found = `${missing.length} of ${lookedAt} identities have no verification.\n`;
  if (!isDryRun) return { exitCode: 0, text: `${found}${started} starts are queued.\n`, data };
  const notes = missing.length === 0 ? [] : ["Nothing was started. To start them: --yes"];
  return { exitCode: 0, text: found, data, notes };
}

/** A page, again where the service or Ory behind it does not answer or asks for less. */
async function readPage(
  client: ServiceClient,
  { token, isDryRun, tools }: { token: string | undefined; isDryRun: boolean; tools: Tools },
): Promise<z.output<typeof MissingAnswer>> {
  const body = { "dry_run": isDryRun, ...(token === undefined ? {} : { "page_token": token }) };
  for (let attempt = 1;; attempt++) {
    try {
      return await client.change("start-missing", { schema: MissingAnswer, body });
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      if (attempt === ATTEMPTS) {
        const where = token === undefined ? "" : `. Go on later by --page-token ${token}`;
        throw new CommandError(`${error.message}${where}`, { cause: error });
      }
      await tools.delay(FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}
