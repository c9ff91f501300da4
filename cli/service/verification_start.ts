import type * as z from "zod";
import { MissingAnswer, RecordAnswer } from "../../lib/operator/answers.ts";
import {
  type Arguments,
  type Command,
  CommandError,
  type Result,
  TemporaryError,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import { retry, type RetryLimits } from "../frame/retry.ts";
import { CHANGE_FLAGS, createServiceClient, type ServiceClient } from "./client.ts";
import { showRecord } from "./records.ts";

/** Ory Network allows 25 list calls a minute on its smallest plan. */
const DEFAULT_PAUSE_SECONDS = 2.5;

/** How long to retry one page if the service or Ory fails: two and a half minutes. */
const PAGE_RETRIES: RetryLimits = { maxAttempts: 6, firstDelayMs: 5_000, maxDelayMs: 80_000 };

/** `operator verification start`. */
export const verificationStart: Command = {
  name: "verification start",
  summary: "Starts verifications that were never started",
  about: `With IDENTITY: starts the verification of this identity.

With --missing: looks through all identities in Ory for those without a verification, because they
registered while the service was down or before it was installed. Without --yes it only counts them.
With --yes it queues their starts, which keep to Jumio's rate limit. You can repeat it, and continue
an interrupted run with --page-token. Identities that were erased are skipped.`,
  operands: { usage: "[IDENTITY]", min: 0, max: 1 },
  flags: {
    ...CHANGE_FLAGS,
    missing: { summary: "All identities that have no verification" },
    yes: { summary: "With --missing: start them instead of only counting them" },
    "page-token": { value: "TOKEN", summary: "With --missing: continue from this page" },
    pause: { value: "SECONDS", summary: "With --missing: wait between two pages; default 2.5" },
  },
  async run(args, tools) {
    const [identityId] = args.operands;
    if ((identityId === undefined) === !args.has("missing")) {
      throw new UsageError("Name one identity, or use --missing for all");
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
  if (!(pauseMs >= 0)) throw new UsageError("--pause must be a number of seconds");
  const missing: string[] = [];
  let lookedAt = 0;
  let started = 0;
  let pageToken = args.text("page-token");
  for (;;) {
    const page = await readPage(client, { pageToken, isDryRun, tools });
    lookedAt += page["looked_at"];
    started += page.started;
    missing.push(...page.missing);
    const found = isDryRun ? `${missing.length} without a verification` : `${started} started`;
    tools.progress(`${lookedAt} identities, ${found}`);
    pageToken = page["next_page_token"] ?? undefined;
    if (pageToken === undefined) break;
    await tools.delay(pauseMs);
  }
  const data = { "dry_run": isDryRun, "looked_at": lookedAt, missing, started };
  const found = `${missing.length} of ${lookedAt} identities have no verification.\n`;
  if (!isDryRun) return { exitCode: 0, text: `${found}${started} starts are queued.\n`, data };
  const notes = missing.length === 0 ? [] : ["Nothing was started. To start them, add --yes"];
  return { exitCode: 0, text: found, data, notes };
}

async function readPage(
  client: ServiceClient,
  { pageToken, isDryRun, tools }: {
    pageToken: string | undefined;
    isDryRun: boolean;
    tools: Tools;
  },
): Promise<z.output<typeof MissingAnswer>> {
  const body = {
    "dry_run": isDryRun,
    ...(pageToken === undefined ? {} : { "page_token": pageToken }),
  };
  try {
    return await retry(
      () => client.change("start-missing", { schema: MissingAnswer, body }),
      tools,
      PAGE_RETRIES,
    );
  } catch (error) {
    if (!(error instanceof TemporaryError) || pageToken === undefined) throw error;
    throw new CommandError(`${error.message}. To continue later: --page-token ${pageToken}`, {
      cause: error,
    });
  }
}
