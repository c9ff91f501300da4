// SPDX-License-Identifier: Apache-2.0
import { parseConfig } from "../../lib/config/config.ts";
import { ConfigError } from "../../lib/config/error.ts";
import { readAddress } from "../frame/address.ts";
import {
  type Arguments,
  type Command,
  type Result,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import { checkConfig } from "./check_config.ts";
import { checkLive, type LiveResult } from "./check_live.ts";
import { type ConfigFile, readConfigFile } from "./config_file.ts";
import { type CheckResult, type Finding, FINDINGS, levelOf } from "./findings.ts";
import { createFix } from "./fix.ts";

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
Prints each finding with its place, why it matters and how to fix it. Exit code 3 if there is one
that is not only a warning.

FILE is a kratos.yml or the output of \`ory get identity-config\`, as YAML or JSON; - is standard
input. Without FILE, Ory's configuration is not checked. Files that it names are looked for on this
machine, unless you add --kratos-elsewhere.

With --fix the command looks only at FILE, and prints the repaired configuration as a diff, for
\`patch\`. It writes nothing. What it leaves for you goes to standard error.

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
    "fix": { summary: "Print how to repair the hooks in FILE, as a diff; write nothing" },
    "kratos-elsewhere": {
      summary: "Kratos reads its files on another machine: look for none here",
    },
    "url": {
      value: "URL",
      summary: "Where this machine reaches the service, and hooks may; default: PUBLIC_URL",
    },
    "start-one": { summary: "Start a REAL transaction at Jumio, to test the workflow key" },
  },
  async run(args, tools) {
    const [file] = args.operands;
    const isOffline = args.has("offline");
    if (isOffline && (file === undefined || args.has("start-one"))) {
      throw new UsageError("--offline needs FILE and cannot be used with --start-one");
    }
    if (args.has("fix") && (file === undefined || args.has("start-one"))) {
      throw new UsageError("--fix needs FILE and cannot be used with --start-one");
    }
    readAddress([{ name: "--url", text: args.text("url") }]);
    // Otherwise a wrong setting is a finding.
    if (isOffline || args.has("fix")) {
      readAddress([{ name: "PUBLIC_URL", text: tools.env["PUBLIC_URL"] }]);
    }
    const fileTools = isOffline ? { ...tools, ...OFFLINE_TOOLS } : tools;
    const read = file === undefined
      ? undefined
      : await readConfigFile(file, { args, tools: fileTools });
    if (args.has("fix") && file !== undefined && read !== undefined) {
      return await printFix(file, read);
    }
    const ofFile: CheckResult = read === undefined
      ? { findings: [], unchecked: ["Ory's configuration: no FILE was given"] }
      : await checkFile(read);
    const live = isOffline
      ? skipLive("The running setup: --offline was given")
      : await checkRunning(args, tools);
    const findings = [...ofFile.findings, ...live.findings];
    const unchecked = [...ofFile.unchecked, ...live.unchecked];
    const { startedExecution, testEvent } = live;
    return {
      exitCode: exitCodeOf(findings),
      text: describe(findings, { unchecked, startedExecution, testEvent, paint: tools.paint }),
      data: {
        findings: findings.map(toData),
        unchecked,
        startedExecution: startedExecution ?? null,
        testEvent: testEvent ?? null,
      },
    };
  },
};

async function checkFile(file: ConfigFile): Promise<CheckResult> {
  const { expected, wanted, templates, sources } = file;
  return await checkConfig({ ...expected, wanted, claims: templates.claims }, sources);
}

/** Prints only a diff, so that it can be piped into `patch`. Everything else is a note. */
async function printFix(name: string, file: ConfigFile): Promise<Result> {
  const { findings, unchecked } = await checkFile(file);
  const { text, left, notes } = await createFix(name, file);
  const places = left.map(({ id, where }) => `  ${id}: ${where}`);
  return {
    exitCode: exitCodeOf(findings),
    text,
    data: { findings: findings.map(toData), unchecked, diff: text, left: left.map(toData) },
    notes: [
      ...notes,
      ...(text === "" ? [] : ["The output quotes the file, so it is as secret as the file"]),
      ...(places.length === 0 ? [] : [`Left for you:\n${places.join("\n")}`]),
    ],
  };
}

function exitCodeOf(findings: readonly Finding[]): 0 | 3 {
  return findings.some(({ id }) => levelOf(id) === "error") ? 3 : 0;
}

function toData(finding: Finding): Record<string, unknown> {
  const { id } = finding;
  return { ...finding, level: levelOf(id), why: FINDINGS[id].why, fix: FINDINGS[id].fix };
}

async function checkRunning(args: Arguments, tools: Tools): Promise<LiveResult> {
  const address = args.text("url")?.trim() ?? tools.env["PUBLIC_URL"]?.trim() ?? "";
  try {
    const config = await parseConfig(tools.env);
    const serviceUrl = address === "" ? undefined : new URL(`${address.replace(/\/+$/, "")}/`);
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
    levelOf(id) === "warning" ? `${paint.strong(id)} (warning)` : paint.bad(id),
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
  const warnings = findings.filter(({ id }) => levelOf(id) === "warning").length;
  const errors = findings.length - warnings;
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  lines.push(
    (errors === 0 ? paint.good("No findings") : count(errors, "finding")) +
      (warnings === 0 ? "" : `, ${count(warnings, "warning")}`),
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
