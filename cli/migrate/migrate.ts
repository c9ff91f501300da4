// SPDX-License-Identifier: Apache-2.0
import { parseKratosConfig } from "../../lib/config/config.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { createKratos } from "../../lib/kratos/client.ts";
import {
  createIdentityList,
  type ListedIdentity,
  type ListIdentities,
} from "../../lib/kratos/identities.ts";
import { createUpstream } from "../../lib/upstream/call.ts";
import { type Arguments, type Command, type Tools, UsageError } from "../frame/command.ts";
import { createMigrateIdentity, type MigrateIdentity } from "./identity.ts";
import { describeMigration, type MigrateReport } from "./report.ts";
import { retry } from "../frame/retry.ts";
import { readSampleKeys, type SampleOptions } from "./sample_keys.ts";

/** Ory Network's Production plan allows 80 reads of one identity a minute. */
const DEFAULT_PER_SECOND = 1;

interface MigrateOptions extends SampleOptions {
  readonly isDryRun: boolean;
  readonly dropsFlat: boolean;
  readonly pauseMs: number;
  readonly pageToken: string | undefined;
}

/** `operator migrate`. */
export const migrate: Command = {
  name: "migrate",
  summary: "Migrates identities from Ory's public Express sample",
  about: `
Reads all identities through Kratos's admin API and converts the flat keys of the sample into
metadata_public.jumio, with one patch for each identity. It never overwrites an existing jumio key,
so you can repeat an interrupted run, or continue from the page token that it printed.

Without --yes it changes nothing and prints what it would do. docs/migrate-from-sample.md describes
the whole migration.

The sample wrote rejected for everyone who had not passed. If the sample kept Jumio's decision
REJECTED, the status stays rejected. --warning-as sets the status for the decision WARNING, and
--rejected-as for any other or no decision. The default of both is rejected.

Needs KRATOS_ADMIN_URL and, on Ory Network, ORY_API_KEY.`,
  flags: {
    "yes": { summary: "Change the identities. Without this flag nothing is changed" },
    "rejected-as": {
      value: "STATUS",
      summary: "expired or rejected, for people whom Jumio had not rejected",
    },
    "warning-as": {
      value: "STATUS",
      summary: "review or rejected, for people with the decision WARNING",
    },
    "drop-flat": { summary: "Also remove the flat keys. Use it when no program reads them" },
    "per-second": {
      value: "N",
      summary: `Identities to change per second; default ${DEFAULT_PER_SECOND}`,
    },
    "page-token": { value: "TOKEN", summary: "Continue an interrupted run from this page" },
  },
  async run(args, tools) {
    const options = readOptions(args);
    const kratos = parseKratosConfig(tools.env);
    const call = createUpstream({
      fetch: tools.fetch,
      now: tools.now,
      origins: new Set([kratos.adminUrl.origin]),
    });
    const report = await migrateAll(options, {
      list: createIdentityList({ ...kratos, call }),
      write: createMigrateIdentity({ ...kratos, call, kratos: createKratos({ ...kratos, call }) }),
      tools,
    });
    return describeMigration(report);
  },
};

function readOptions(args: Arguments): MigrateOptions {
  const rate = args.text("per-second") ?? String(DEFAULT_PER_SECOND);
  const perSecond = /^\d+(\.\d+)?$/.test(rate) ? Number(rate) : NaN;
  if (!(perSecond >= 0.01 && perSecond <= 1000)) {
    throw new UsageError("--per-second must be a number from 0.01 to 1000");
  }
  return {
    isDryRun: !args.has("yes"),
    dropsFlat: args.has("drop-flat"),
    rejectedAs: readChoice(args, "rejected-as", ["rejected", "expired"]),
    warningAs: readChoice(args, "warning-as", ["rejected", "review"]),
    pauseMs: 1000 / perSecond,
    pageToken: args.text("page-token"),
  };
}

/** The value of a flag. The first of the allowed values is the default. */
function readChoice<const Value extends string>(
  args: Arguments,
  flag: string,
  values: readonly [Value, ...Value[]],
): Value {
  const text = args.text(flag);
  const choice = text === undefined ? values[0] : values.find((value) => value === text);
  if (choice === undefined) throw new UsageError(`--${flag} must be ${values.join(" or ")}`);
  return choice;
}

async function migrateAll(
  options: MigrateOptions,
  { list, write, tools }: { list: ListIdentities; write: MigrateIdentity; tools: Tools },
): Promise<MigrateReport> {
  const report: MigrateReport = {
    dryRun: options.isDryRun,
    read: 0,
    migrated: [],
    droppedFlat: [],
    hasJumio: 0,
    noFlatKeys: 0,
    gone: 0,
    unknownStatus: [],
    failed: [],
    stopped: null,
    pageToken: options.pageToken ?? null,
  };
  try {
    for (let isLast = false; !isLast;) {
      const pageToken = report.pageToken ?? undefined;
      const page = await retry(() => list({ pageToken }), tools);
      for (const identity of page.identities) {
        report.read++;
        await migrateOne(identity, { options, write, tools, report });
        tools.progress(
          `${report.read} identities read, ${report.migrated.length} migrated` +
            (pageToken === undefined ? "" : `, at page token ${pageToken}`),
        );
      }
      report.pageToken = page.nextPageToken ?? null;
      isLast = page.nextPageToken === undefined;
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    // The report of what was done until now must still be printed.
    report.stopped = error.message;
  }
  return report;
}

async function migrateOne(
  identity: ListedIdentity,
  { options, write, tools, report }: {
    options: MigrateOptions;
    write: MigrateIdentity;
    tools: Tools;
    report: MigrateReport;
  },
): Promise<void> {
  const { isDryRun, dropsFlat, pauseMs } = options;
  const reading = readSampleKeys(identity, options);
  if (reading.kind === "unknown_status") report.unknownStatus.push(identity.id);
  if (reading.kind === "no_flat_keys") report.noFlatKeys++;
  const hasFlat = Object.keys({ ...identity.flatPublic, ...identity.flatAdmin }).length > 0;
  const onlyDrops = reading.kind === "has_jumio" && dropsFlat && hasFlat;
  if (reading.kind === "has_jumio" && !onlyDrops) report.hasJumio++;
  if (reading.kind !== "migrate" && !onlyDrops) return;

  const metadata = reading.kind === "migrate" ? reading.metadata : undefined;
  try {
    const outcome = isDryRun ? "migrated" : await retry(
      (attempt) => write(identity, { metadata, dropsFlat, attempt }),
      tools,
    );
    if (outcome === "gone") report.gone++;
    else if (outcome === "has_jumio") report.hasJumio++;
    else if (reading.kind !== "migrate") report.droppedFlat.push(identity.id);
    else {
      const { from, metadata: { status: to } } = reading;
      report.migrated.push({ identityId: identity.id, from, to });
    }
  } catch (error) {
    // Kratos may refuse one identity, for example if its traits no longer match the schema.
    if (!isAboutOneIdentity(error)) throw error;
    report.failed.push({ identityId: identity.id, reason: error.message });
  }
  if (!isDryRun) await tools.delay(pauseMs);
}

function isAboutOneIdentity(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && (error.status === 400 || error.status === 409);
}
