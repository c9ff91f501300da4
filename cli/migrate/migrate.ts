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

/** Ory Network's Production plan lets 80 identities a minute be read one by one. */
const DEFAULT_PER_SECOND = 1;

interface MigrateOptions extends SampleOptions {
  readonly isDryRun: boolean;
  readonly dropsFlat: boolean;
  readonly pauseMs: number;
  readonly pageToken: string | undefined;
}

/** `operator migrate`: from the public Express sample's flat keys to ours. */
export const migrate: Command = {
  name: "migrate",
  summary: "Takes over identities from the public Express sample",
  about: `
Reads all identities through Kratos's admin API, and makes metadata_public.jumio of the flat keys
that the sample left, with one patch for each identity. An identity that has jumio is never
overwritten, so a run that was broken off is simply run again, or goes on from the page token that
it printed.

Without --yes it only says what it would do. docs/migrate-from-sample.md has the whole way over.

The sample called everything rejected that had not passed. Where Jumio's decision is known, it
counts: REJECTED stays rejected. For the others two flags say what they become: --rejected-as, and
--warning-as where Jumio had only warned. Both are rejected if you do not say.

Needs KRATOS_ADMIN_URL and, on Ory Network, ORY_API_KEY.`,
  flags: {
    "yes": { summary: "Do it. Without this flag nothing is changed" },
    "rejected-as": {
      value: "STATUS",
      summary: "expired or rejected, for the rejected whom Jumio had not rejected",
    },
    "warning-as": {
      value: "STATUS",
      summary: "review or rejected, for the rejected of whom Jumio had only warned",
    },
    "drop-flat": { summary: "Also take the flat keys off, once nothing reads them any more" },
    "per-second": {
      value: "N",
      summary: `Identities written a second; default ${DEFAULT_PER_SECOND}`,
    },
    "page-token": { value: "TOKEN", summary: "Go on where a run was broken off" },
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
  const perSecond = Number(args.text("per-second") ?? DEFAULT_PER_SECOND);
  if (!(perSecond > 0 && perSecond <= 1000)) {
    throw new UsageError("--per-second must be a number from above 0 to 1000");
  }
  return {
    isDryRun: !args.has("yes"),
    dropsFlat: args.has("drop-flat"),
    rejectedAs: oneOf(args, "rejected-as", ["rejected", "expired"]),
    warningAs: oneOf(args, "warning-as", ["rejected", "review"]),
    pauseMs: 1000 / perSecond,
    pageToken: args.text("page-token"),
  };
}

/** The value of a flag; the first of those that it may be is the default. */
function oneOf<const Value extends string>(
  args: Arguments,
  flag: string,
  values: readonly [Value, ...Value[]],
): Value {
  const given = args.text(flag);
  const known = given === undefined ? values[0] : values.find((value) => value === given);
  if (known === undefined) throw new UsageError(`--${flag} must be ${values.join(" or ")}`);
  return known;
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
          `${report.read} identities read, ${report.migrated.length} taken over` +
            (pageToken === undefined ? "" : `, at page token ${pageToken}`),
        );
      }
      report.pageToken = page.nextPageToken ?? null;
      isLast = page.nextPageToken === undefined;
    }
  } catch (error) {
    // What was done so far is to be told all the same.
    if (!(error instanceof UpstreamError)) throw error;
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
    const written = isDryRun ? "migrated" : await retry(
      (attempt) => write(identity, { metadata, dropsFlat, attempt }),
      tools,
    );
    if (written === "gone") report.gone++;
    else if (written === "has_jumio") report.hasJumio++;
    else if (reading.kind !== "migrate") report.droppedFlat.push(identity.id);
    else {
      const { from, metadata: { status: to } } = reading;
      report.migrated.push({ identityId: identity.id, from, to });
    }
  } catch (error) {
    // One identity that Kratos does not take (its traits no longer fit the schema) stops no other.
    if (!isAboutOneIdentity(error)) throw error;
    report.failed.push({ identityId: identity.id, reason: error.message });
  }
  if (!isDryRun) await tools.delay(pauseMs);
}

function isAboutOneIdentity(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && (error.status === 400 || error.status === 409);
}
