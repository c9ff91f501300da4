import { BLOCKABLE_STATUSES, parseConfig } from "../../lib/config/config.ts";
import { ConfigError } from "../../lib/config/error.ts";
import { isOryNetwork } from "../../lib/config/kratos.ts";
import { type Arguments, type Command, type Tools, UsageError } from "../frame/command.ts";
import { parseConfigText, readPath, toRecord } from "../kratos_config/edit.ts";
import { readAllHooks, readBlockedStatuses, readTemplates } from "../render/options.ts";
import { checkConfig } from "./check_config.ts";
import { readHookSecrets } from "./check_hook.ts";
import { checkLive, type LiveResult } from "./check_live.ts";
import { type CheckResult, type Finding, FINDINGS } from "./findings.ts";

/** With `--offline`, templates at other addresses and host names are not looked up. */
const OFFLINE_TOOLS: Pick<Tools, "fetch" | "resolve"> = {
  fetch: () => Promise.reject(new TypeError("No network calls with --offline")),
  resolve: () => Promise.reject(new Error("No network calls with --offline")),
};

/** `operator doctor`. */
export const doctor: Command = {
  name: "doctor",
  summary: "Checks Ory's configuration and the running setup",
  about: `
Prints each finding with its place, why it matters and how to fix it. Exit code 1 if there is one.

FILE is a kratos.yml or the output of \`ory get identity-config\`, as YAML or JSON; - is standard
input. Without FILE, Ory's configuration is not checked.

The command then calls Kratos's admin API, Jumio and the service, with the service's settings from
the environment. These calls change nothing: the command patches an identity and updates an account
that do not exist, and expects the answer 404. With each value of ORY_WEBHOOK_SECRET it asks the
service about the sign-in of a verified person who does not exist, and expects the answer 200. With
EVENTS_URL, it sends your application a signed event of the type test. Only
--start-one leaves something behind: it starts a real transaction at Jumio, which may be billed, to
test JUMIO_WORKFLOW_KEY.

Example: ory get identity-config --format yaml | deno task operator doctor -`,
  operands: { usage: "[FILE]", min: 0, max: 1 },
  flags: {
    "offline": { summary: "Check only FILE, without network calls" },
    "url": { value: "URL", summary: "Where this machine reaches the service; default: PUBLIC_URL" },
    "start-one": { summary: "Start a REAL transaction at Jumio, to test the workflow key" },
  },
  async run(args, tools) {
    const [file] = args.operands;
    const isOffline = args.has("offline");
    if (isOffline && (file === undefined || args.has("start-one"))) {
      throw new UsageError("--offline needs FILE and cannot be used with --start-one");
    }
    const ofFile: CheckResult = file === undefined
      ? { findings: [], unchecked: ["Ory's configuration: no FILE was given"] }
      : await checkFile(file, isOffline ? { ...tools, ...OFFLINE_TOOLS } : tools);
    const live = isOffline
      ? skipLive("The running setup: --offline was given")
      : await checkRunning(args, tools);
    const findings = [...ofFile.findings, ...live.findings];
    const unchecked = [...ofFile.unchecked, ...live.unchecked];
    const { startedExecution, testEvent } = live;
    return {
      exitCode: findings.length > 0 ? 1 : 0,
      text: describe(findings, { unchecked, startedExecution, testEvent, paint: tools.paint }),
      data: {
        findings: findings.map((finding) => ({ ...finding, ...FINDINGS[finding.id] })),
        unchecked,
        startedExecution: startedExecution ?? null,
        testEvent: testEvent ?? null,
      },
    };
  },
};

async function checkFile(file: string, tools: Tools): Promise<CheckResult> {
  const text = file === "-" ? await tools.readStdin() : await tools.readFile(file);
  const document = parseConfigText(text).config;
  // The output of `ory get project` contains the configuration at this path.
  const inProject = readPath(document, ["services", "identity", "config"]);
  const config = toRecord(inProject) === undefined ? document : inProject;
  const adminUrl = tools.env["KRATOS_ADMIN_URL"] ?? "";
  const publicUrl = tools.env["PUBLIC_URL"] ?? "";
  return await checkConfig({
    config,
    wanted: await readAllHooks({
      serviceUrl: URL.canParse(publicUrl) ? publicUrl : "https://unknown.invalid",
    }, tools),
    serviceUrl: URL.parse(publicUrl) ?? undefined,
    secrets: readHookSecrets(tools.env),
    blockedStatuses: readBlockedStatuses(tools.env),
    templates: await readTemplates(BLOCKABLE_STATUSES, tools),
    isNetwork: URL.canParse(adminUrl) && isOryNetwork(new URL(adminUrl)),
  }, tools);
}

async function checkRunning(args: Arguments, tools: Tools): Promise<LiveResult> {
  const address = args.text("url") ?? tools.env["PUBLIC_URL"];
  if (args.text("url") !== undefined && !URL.canParse(address ?? "")) {
    throw new UsageError("--url must be an address that begins with https:// or http://");
  }
  try {
    const config = await parseConfig(tools.env);
    const serviceUrl = address === undefined || address.trim() === ""
      ? undefined
      : new URL(`${address.trim().replace(/\/+$/, "")}/`);
    return await checkLive(config, { serviceUrl, startsOne: args.has("start-one"), tools });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map((seen): Finding => ({
      id: "settings_unusable",
      where: /^[A-Z_]+/.exec(seen)?.[0] ?? "environment",
      seen,
    }));
    return { ...skipLive("The running setup: the settings are not usable"), findings };
  }
}

function skipLive(unchecked: string): LiveResult {
  return {
    findings: [],
    unchecked: [unchecked],
    startedExecution: undefined,
    testEvent: undefined,
  };
}

function describe(
  findings: readonly Finding[],
  { unchecked, startedExecution, testEvent, paint }:
    & Pick<LiveResult, "unchecked" | "startedExecution" | "testEvent">
    & Pick<Tools, "paint">,
): string {
  const groups = Map.groupBy(findings, ({ id }) => id);
  const lines = [...groups].flatMap(([id, ofId]) => [
    paint.bad(id),
    ...ofId.map((finding) => `  ${describePlace(finding, paint)}`),
    `  Why: ${FINDINGS[id].why}`,
    `  Fix: ${FINDINGS[id].fix}`,
    "",
  ]);
  if (startedExecution !== undefined) {
    lines.push(
      `A real transaction was started at Jumio: workflow execution ${startedExecution}`,
      "",
    );
  }
  if (testEvent !== undefined) lines.push(`A test event was sent to EVENTS_URL. ${testEvent}`, "");
  lines.push(...unchecked.map((text) => `Not checked: ${text}`));
  const count = findings.length;
  lines.push(
    count === 0 ? paint.good("No findings") : `${count} ${count === 1 ? "finding" : "findings"}`,
  );
  return `${lines.join("\n")}\n`;
}

/** The place and what was seen there. A problem with a setting begins with the setting's name. */
function describePlace({ where, seen }: Finding, paint: Tools["paint"]): string {
  if (seen === undefined) return paint.strong(where);
  return seen.startsWith(where)
    ? `${paint.strong(where)}${seen.slice(where.length)}`
    : `${paint.strong(where)}: ${seen}`;
}
