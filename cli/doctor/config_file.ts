// SPDX-License-Identifier: Apache-2.0
import { BLOCKABLE_STATUSES } from "../../lib/config/config.ts";
import { isOryNetwork } from "../../lib/config/kratos.ts";
import { type Arguments, type Tools, UsageError } from "../frame/command.ts";
import { parseConfigText, type Path, readPath, toRecord } from "../kratos_config/edit.ts";
import type { WantedHook } from "../kratos_config/hook_lists.ts";
import { readTemplate, type Templates } from "../kratos_config/templates.ts";
import {
  inlineTemplates,
  readAllHooks,
  readBlockedStatuses,
  readTemplates,
} from "../render/options.ts";
import { listServiceHosts } from "./check_config.ts";
import { type HookExpectations, type HookSources, readHookSecrets } from "./check_hook.ts";

/** A file with Ory's configuration, and what to compare it with. */
export interface ConfigFile {
  readonly text: string;
  /** Where the configuration is in the file: not at the top in the output of `ory get project`. */
  readonly prefix: Path;
  readonly expected: HookExpectations;
  readonly wanted: readonly WantedHook[];
  readonly templates: Templates;
  readonly sources: HookSources;
}

/** Reads FILE, and from the environment what its hooks are to be. @throws {UsageError} */
export async function readConfigFile(
  file: string,
  { args, tools }: { args: Arguments; tools: Tools },
): Promise<ConfigFile> {
  const text = file === "-" ? await tools.readStdin() : await tools.readFile(file);
  const document = parseConfigText(text).config;
  const inProject = ["services", "identity", "config"];
  const prefix = toRecord(readPath(document, inProject)) === undefined ? [] : inProject;
  const config = readPath(document, prefix);
  const adminUrl = URL.parse(tools.env["KRATOS_ADMIN_URL"] ?? "");
  const serviceUrl = URL.parse(tools.env["PUBLIC_URL"] ?? "") ?? undefined;
  const templates = await readTemplates(BLOCKABLE_STATUSES, tools);
  const address = serviceUrl?.href.replace(/\/+$/, "") ?? "https://unknown.invalid";
  const isElsewhere = args.has("kratos-elsewhere");
  return {
    text,
    prefix,
    expected: {
      config,
      serviceUrl,
      serviceHosts: listServiceHosts(config, [
        serviceUrl,
        URL.parse(args.text("url") ?? "") ?? undefined,
      ]),
      secrets: readHookSecrets(tools.env),
      blockedStatuses: readBlockedStatuses(tools.env),
      templates,
      isNetwork: adminUrl !== null && isOryNetwork(adminUrl),
    },
    wanted: inlineTemplates(await readAllHooks({ serviceUrl: address }, tools), templates),
    templates,
    sources: {
      resolve: tools.resolve,
      readTemplate: (uri) =>
        readTemplate(uri, isElsewhere ? { ...tools, readFile: refuseFile } : tools),
    },
  };
}

function refuseFile(): Promise<never> {
  return Promise.reject(new UsageError("Kratos is elsewhere"));
}
