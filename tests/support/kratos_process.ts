// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { stringify } from "yaml";
import type { OryActions } from "../../cli/kratos_config/ory_actions.ts";
import { findKratos } from "../kratos/build.ts";
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";

/** A running Kratos. */
export interface KratosProcess extends AsyncDisposable {
  readonly publicUrl: string;
  readonly adminUrl: string;
}

/** The URL of this project's Jsonnet templates for Kratos's configuration. */
export const TEMPLATES_URL = new URL("../../jsonnet", import.meta.url).href;

const IDENTITY_SCHEMA = {
  "$id": "https://schemas.example.com/person.json",
  "$schema": "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: {
    traits: {
      type: "object",
      properties: {
        email: {
          type: "string",
          format: "email",
          "ory.sh/kratos": {
            credentials: { password: { identifier: true } },
            recovery: { via: "email" },
          },
        },
      },
      required: ["email"],
    },
  },
};

/**
 * Starts a real Kratos on a file database, with the hooks of this project's own `ory-actions.yaml`
 * and a `session` hook after ours, and waits until it is ready. `editConfig` may change the text of
 * its kratos.yml before. `appUrl` is the application whose pages show the flows.
 */
export async function startKratos(
  actions: OryActions,
  { editConfig = (text) => text, env = {}, appUrl = "http://127.0.0.1:4455" }: {
    editConfig?: (text: string) => string | Promise<string>;
    env?: Readonly<Record<string, string>>;
    appUrl?: string;
  } = {},
): Promise<KratosProcess> {
  const kratos = await findKratos();
  const folder = await Deno.makeTempDir({ prefix: "kratos-" });
  const [publicPort, adminPort] = [getFreePort(), getFreePort()];
  const config = join(folder, "kratos.yml");
  await Deno.writeTextFile(join(folder, "person.json"), JSON.stringify(IDENTITY_SCHEMA));
  const settings = createSettings(actions, { folder, publicPort, adminPort, appUrl });
  const text = await editConfig(stringify(settings, { aliasDuplicateObjects: false }));
  await Deno.writeTextFile(config, text);
  await migrate(kratos, config);

  const logFile = await Deno.open(join(folder, "kratos.log"), { write: true, create: true });
  const child = new Deno.Command(kratos, {
    args: ["serve", "-c", config, "--dev"],
    env,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const logged = child.stdout.pipeTo(logFile.writable);
  const [publicUrl, adminUrl] = [publicPort, adminPort].map((port) => `http://127.0.0.1:${port}`);
  await waitUntil(`Kratos is ready (its log is in ${folder})`, async () => {
    const answers = await Promise.all([
      fetch(`${publicUrl}/health/ready`),
      fetch(`${adminUrl}/admin/health/ready`),
    ]);
    for (const answer of answers) await answer.body?.cancel();
    return answers.every(({ ok }) => ok);
  });
  return {
    publicUrl: publicUrl ?? "",
    adminUrl: adminUrl ?? "",
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await logged;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** What Kratos uses of this machine, and the application that it leads to. */
interface Places {
  readonly folder: string;
  readonly publicPort: number;
  readonly adminPort: number;
  readonly appUrl: string;
}

function createSettings(
  actions: OryActions,
  { folder, publicPort, adminPort, appUrl }: Places,
): unknown {
  const { registration, login, recovery } = structuredClone(actions.selfservice.flows);
  for (const list of Object.values(registration.after)) {
    if (list !== undefined && !Array.isArray(list)) list.hooks.push({ hook: "session" });
  }
  return {
    dsn: `sqlite://${
      join(folder, "kratos.sqlite")
    }?_fk=true&mode=rwc&_journal=WAL&_busy_timeout=5000`,
    serve: {
      public: {
        "base_url": `http://127.0.0.1:${publicPort}/`,
        host: "127.0.0.1",
        port: publicPort,
      },
      admin: { "base_url": `http://127.0.0.1:${adminPort}/`, host: "127.0.0.1", port: adminPort },
    },
    identity: {
      "default_schema_id": "person",
      schemas: [{ id: "person", url: `file://${join(folder, "person.json")}` }],
    },
    // Nothing is sent: these tests read codes from the admin API.
    courier: { smtp: { "connection_uri": "smtp://127.0.0.1:1/?disable_starttls=true" } },
    secrets: {
      cookie: ["only-for-tests-0123456789abcdef"],
      cipher: ["only-for-tests-0123456789abcdef0"],
    },
    hashers: { algorithm: "bcrypt", bcrypt: { cost: 4 } },
    selfservice: {
      "default_browser_return_url": `${appUrl}/`,
      "allowed_return_urls": [appUrl],
      methods: {
        password: {
          enabled: true,
          config: {
            "haveibeenpwned_enabled": false,
            "identifier_similarity_check_enabled": false,
          },
        },
        code: { enabled: true },
        link: { enabled: false },
      },
      flows: {
        registration: { "ui_url": `${appUrl}/registration`, ...registration },
        login: { "ui_url": `${appUrl}/login`, ...login },
        recovery: { enabled: true, use: "code", "ui_url": `${appUrl}/recovery`, ...recovery },
        settings: { "ui_url": `${appUrl}/settings` },
        error: { "ui_url": `${appUrl}/error` },
      },
    },
    session: { whoami: { "required_aal": "aal1" } },
    log: { level: "info" },
  };
}

/** Older versions migrate by `sql`, newer ones by `sql up`. */
async function migrate(kratos: string, config: string): Promise<void> {
  for (const command of [["sql", "up"], ["sql"]]) {
    const args = ["migrate", ...command, "-e", "-y", "-c", config];
    const { success } = await new Deno.Command(kratos, { args }).output();
    if (success) return;
  }
  throw new Error(
    `Cannot migrate Kratos's database with ${config}`,
  );
}
