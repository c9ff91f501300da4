import { parseConfig } from "../../lib/config/config.ts";
import { isOryNetwork } from "../../lib/config/kratos.ts";
import { ConfigError } from "../../lib/config/error.ts";
import { checkConfig } from "./check_config.ts";
import { readHookSecrets } from "./check_hook.ts";
import { checkLive } from "./check_live.ts";
import { type Arguments, type Command, type Tools, UsageError } from "../frame/command.ts";
import { parseConfigText, readPath, toRecord } from "../kratos_config/edit.ts";
import { type Checkup, type Finding, FINDINGS } from "./findings.ts";
import { readAllHooks, readBlockedStatuses, readTemplates } from "../render/options.ts";

/** Whom `--offline` asks: a template elsewhere, or a name, is then not looked at. */
const NOBODY: Pick<Tools, "fetch" | "resolve"> = {
  fetch: () => Promise.reject(new TypeError("Nobody is asked")),
  resolve: () => Promise.reject(new Error("Nobody is asked")),
};

/** `operator doctor`: what is wrong with Ory's side and with the running setup. */
export const doctor: Command = {
  name: "doctor",
  summary: "Checks Ory's configuration and the running setup",
  about: `
Lists each finding with its why and its cure. Exit code 1 where there is one.

FILE is a kratos.yml, or what \`ory get identity-config\` gives, as YAML or JSON; - is standard
input. Without it the configuration is not looked at.

Then it asks Kratos's admin API, Jumio and the service, with the settings of the service from the
environment. Nothing is changed: it patches an identity and updates an account that nobody has,
which answers 404 where the permissions are right. --start-one alone leaves something behind: it
starts a real transaction at Jumio, which may be billed, to try JUMIO_WORKFLOW_KEY.

Example: ory get identity-config --format yaml | deno task operator doctor -`,
  operands: { usage: "[FILE]", min: 0, max: 1 },
  flags: {
    "offline": { summary: "Look at the configuration only, and ask nobody" },
    "url": { value: "URL", summary: "Where this machine reaches the service; default PUBLIC_URL" },
    "start-one": { summary: "Start a REAL transaction at Jumio, to try the workflow key" },
  },
  async run(args, tools) {
    const file = args.operands[0];
    const isOffline = args.has("offline");
    if (isOffline && (file === undefined || args.has("start-one"))) {
      throw new UsageError("--offline looks at a FILE, and starts nothing");
    }
    const ofFile = file === undefined
      ? { findings: [], unchecked: ["Ory's configuration: no FILE is given"] }
      : await checkFile(file, isOffline ? { ...tools, ...NOBODY } : tools);
    const live = isOffline
      ? { findings: [], unchecked: ["The running setup: --offline"], startedExecution: undefined }
      : await checkRunning(args, tools);
    const findings = [...ofFile.findings, ...live.findings];
    const unchecked = [...ofFile.unchecked, ...live.unchecked];
    const { startedExecution } = live;
    return {
      exitCode: findings.length > 0 ? 1 : 0,
      text: describe(findings, { unchecked, startedExecution, paint: tools.paint }),
      data: {
        findings: findings.map((finding) => ({ ...finding, ...FINDINGS[finding.id] })),
        unchecked,
        startedExecution: startedExecution ?? null,
      },
    };
  },
};

async function checkFile(file: string, tools: Tools): Promise<Checkup> {
  const text = file === "-" ? await tools.readStdin() : await tools.readFile(file);
  const whole = parseConfigText(text).config;
  // `ory get project` has it inside.
  const ofProject = readPath(whole, ["services", "identity", "config"]);
  const config = toRecord(ofProject) === undefined ? whole : ofProject;
  const adminUrl = tools.env["KRATOS_ADMIN_URL"] ?? "";
  const serviceUrl = tools.env["PUBLIC_URL"] ?? "";
  return await checkConfig({
    config,
    wanted: await readAllHooks({
      serviceUrl: URL.canParse(serviceUrl) ? serviceUrl : "https://unknown.invalid",
    }, tools),
    secrets: readHookSecrets(tools.env),
    blockedStatuses: readBlockedStatuses(tools.env),
    templates: await readTemplates(undefined, tools),
    isNetwork: URL.canParse(adminUrl) && isOryNetwork(new URL(adminUrl)),
  }, tools);
}

async function checkRunning(
  args: Arguments,
  tools: Tools,
): Promise<Checkup & { readonly startedExecution: string | undefined }> {
  const address = args.text("url") ?? tools.env["PUBLIC_URL"];
  if (args.text("url") !== undefined && !URL.canParse(address ?? "")) {
    throw new UsageError("--url must be an address that begins with https:// or http://");
  }
  try {
    const config = await parseConfig(tools.env);
    const serviceUrl = address === undefined || address.trim() === ""
      ? undefined
      : new URL(`${address.trim().replace(/\/+$/, "")}/`);
    return await checkLive(config, tools, { serviceUrl, startsOne: args.has("start-one") });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      findings: error.problems.map((seen) => ({
        id: "settings_unusable",
        where: /^[A-Z_]+/.exec(seen)?.[0] ?? "environment",
        seen,
      })),
      unchecked: ["The running setup: its settings are not usable"],
      startedExecution: undefined,
    };
  }
}

function describe(
  findings: readonly Finding[],
  { unchecked, startedExecution, paint }: {
    unchecked: readonly string[];
    startedExecution: string | undefined;
    paint: Tools["paint"];
  },
): string {
  const groups = Map.groupBy(findings, ({ id }) => id);
  const lines = [...groups].flatMap(([id, ofId]) => [
    paint.bad(id),
    ...ofId.map(({ where, seen }) =>
      `  ${paint.strong(where)}${seen === undefined ? "" : `: ${seen}`}`
    ),
    `  Why:  ${FINDINGS[id].why}`,
    `  Cure: ${FINDINGS[id].cure}`,
    "",
  ]);
  if (startedExecution !== undefined) {
    lines.push(
      `A real transaction was started at Jumio: workflow execution ${startedExecution}`,
      "",
    );
  }
  lines.push(...unchecked.map((what) => `Not checked. ${what}`));
  const count = findings.length;
  lines.push(
    count === 0 ? paint.good("Nothing found") : `${count} ${count === 1 ? "finding" : "findings"}`,
  );
  return `${lines.join("\n")}\n`;
}
