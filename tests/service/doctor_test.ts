import assert from "node:assert/strict";
import { parse } from "yaml";
import { FINDINGS } from "../../cli/doctor/findings.ts";
import { createTestContext, HOOK_SECRET, type TestContext } from "../support/context.ts";
import { operate, type OperatorRun } from "../support/operator.ts";

const SERVICE = "https://kyc.example.com";

/** What may be changed in a configuration that is good. */
interface Config {
  selfservice: { methods: Record<string, unknown>; flows: Record<string, Flow> };
  clients?: unknown;
}

interface Flow {
  enabled?: boolean;
  after: Record<string, { hooks: Hook[] }> & { hooks?: Hook[] };
}

interface Hook {
  hook: string;
  // deno-lint-ignore no-explicit-any -- a test may put anything into it
  config?: any;
}

/** A kratos.yml as `operator render` makes it, with the secret filled in and four ways to come in. */
async function createGoodConfig(args: readonly string[] = []): Promise<Config> {
  const { stdout } = await operate(["render", `--url=${SERVICE}`, ...args]);
  const config: Config = parse(stdout.replaceAll("${ORY_WEBHOOK_SECRET}", HOOK_SECRET));
  config.selfservice.methods = {
    oidc: { enabled: true },
    code: { "passwordless_enabled": true },
    totp: { enabled: true },
    webauthn: { enabled: false },
  };
  Object.assign(config.selfservice.flows["recovery"] ?? {}, { enabled: true });
  return config;
}

async function diagnose(
  config: unknown,
  env: Record<string, string> = {},
): Promise<OperatorRun & { findings: { id: string; where: string }[]; unchecked: string[] }> {
  const run = await operate(["doctor", "--offline", "--json", "-"], {
    stdin: JSON.stringify(config),
    env: { "ORY_WEBHOOK_SECRET": `newer-secret-0123456789 ${HOOK_SECRET}`, ...env },
  });
  assert(!run.stdout.includes(HOOK_SECRET));
  return { ...run, ...JSON.parse(run.stdout) };
}

const hooksOf = ({ selfservice: { flows } }: Config, flow: string, method: string): Hook[] =>
  flows[flow]?.after[method]?.hooks ?? [];

const registration = (config: Config) => hooksOf(config, "registration", "password");
const login = (config: Config) => hooksOf(config, "login", "password");

/** Changes the settings of the first hook of a list. */
function set(hooks: Hook[], settings: Record<string, unknown>): void {
  Object.assign(hooks[0]?.config, settings);
}

/** Changes how the first hook of a list proves itself. */
function setKey(hooks: Hook[], key: Record<string, unknown>): void {
  const config = { name: "X-Webhook-Secret", value: HOOK_SECRET, in: "header", ...key };
  set(hooks, { auth: { type: "api_key", config } });
}

const PLACE = "selfservice.flows";

/** A configuration for each finding, and what the doctor is to say of it, all of it. */
const SHOWN: readonly [
  id: keyof typeof FINDINGS,
  name: string,
  where: string,
  spoil: (config: Config) => void,
  env?: Record<string, string>,
][] = [
  ["hook_missing", "a method without the hook", `${PLACE}.login.after.oidc.hooks`, (config) => {
    hooksOf(config, "login", "oidc").length = 0;
  }],
  [
    "hook_missing",
    "a list with a hook of somebody else's only",
    `${PLACE}.registration.after.password.hooks`,
    (config) => {
      set(registration(config), { url: "https://crm.example.com/new" });
    },
  ],
  [
    "hook_in_global_list_only",
    "the hook in the flow's own list only",
    `${PLACE}.login.after.password.hooks`,
    (config) => {
      const after = config.selfservice.flows["login"]?.after ?? {};
      after.hooks = [...login(config)];
      login(config).length = 0;
    },
  ],
  [
    "hook_missing_on_recovery",
    "recovery without the hook",
    `${PLACE}.recovery.after.hooks`,
    (config) => {
      config.selfservice.flows["recovery"]?.after.hooks?.pop();
    },
  ],
  ["hook_twice", "the hook twice in a list", `${PLACE}.login.after.password.hooks`, (config) => {
    login(config).push(structuredClone(login(config)[0] ?? { hook: "" }));
  }],
  [
    "interrupts_registration",
    "response.parse at registration",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) => set(registration(config), { response: { parse: true } }),
  ],
  [
    "interrupts_registration",
    "can_interrupt at registration",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) => set(registration(config), { "can_interrupt": true }),
  ],
  [
    "cannot_interrupt_sign_in",
    "no can_interrupt at sign-in",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { "can_interrupt": false }),
  ],
  [
    "cannot_interrupt_sign_in",
    "no can_interrupt at recovery",
    `${PLACE}.recovery.after.hooks[0]`,
    (config) =>
      set(config.selfservice.flows["recovery"]?.after.hooks ?? [], { "can_interrupt": false }),
  ],
  [
    "answer_ignored",
    "response.ignore at sign-in",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { "can_interrupt": false, response: { ignore: true } }),
  ],
  [
    "session_before_hook",
    "session before the hook",
    `${PLACE}.registration.after.password.hooks`,
    (config) => {
      registration(config).unshift({ hook: "session" });
    },
  ],
  [
    "session_while_pending_blocked",
    "session at registration while pending is blocked",
    `${PLACE}.registration.after.password.hooks`,
    (config) => {
      registration(config).push({ hook: "session" });
    },
    { "LOGIN_BLOCKED_STATUSES": "pending,rejected" },
  ],
  [
    "wrong_secret",
    "another secret",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => setKey(login(config), { value: "of-somebody-else" }),
  ],
  [
    "wrong_secret",
    "a secret in another header",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => setKey(login(config), { name: "X-Api-Key" }),
  ],
  ["wrong_secret", "no auth", `${PLACE}.login.after.password.hooks[0]`, (config) => {
    set(login(config), { auth: undefined });
  }],
  [
    "secret_not_filled_in",
    "the placeholder for the secret",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => setKey(login(config), { value: "${ORY_WEBHOOK_SECRET}" }),
  ],
  [
    "wrong_path",
    "the sign-in path at registration",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) => set(registration(config), { url: `${SERVICE}/jumio/validate` }),
  ],
  [
    "wrong_path",
    "a path that the service does not have",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: `${SERVICE}/webhooks/jumio-validate` }),
  ],
  ["wrong_method", "another method", `${PLACE}.login.after.password.hooks[0]`, (config) => {
    set(login(config), { method: "PUT" });
  }],
  [
    "private_address_blocked",
    "a private address that the filter blocks",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => {
      config.clients = { http: { "disallow_private_ip_ranges": true } };
      set(login(config), { url: "https://10.1.2.3/jumio/validate" });
    },
  ],
  [
    "private_address_blocked",
    "a private address on Ory Network",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: "http://bridge:3000/jumio/validate" }),
    { "KRATOS_ADMIN_URL": "https://slug.projects.oryapis.com" },
  ],
  [
    "http_without_tls",
    "http over the network",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { url: "http://kyc.example.com/jumio/validate" }),
  ],
  ["template_missing", "no template", `${PLACE}.login.after.password.hooks[0]`, (config) => {
    set(login(config), { body: undefined });
  }],
  [
    "template_not_ours",
    "a template with traits",
    `${PLACE}.registration.after.password.hooks[0]`,
    (config) =>
      set(registration(config), { body: `base64://${btoa("function(ctx) ctx.identity")}` }),
  ],
  [
    "template_not_ours",
    "the template of registration at sign-in",
    `${PLACE}.login.after.password.hooks[0]`,
    (config) => set(login(config), { body: registration(config)[0]?.config.body }),
  ],
];

Deno.test("operator doctor finds nothing in what operator render gives", async () => {
  const { exitCode, findings, unchecked } = await diagnose(await createGoodConfig());

  assert.deepEqual([exitCode, findings], [0, []]);
  assert.deepEqual(unchecked, ["The running setup: --offline"]);
});

for (const [id, name, where, spoil, env] of SHOWN) {
  Deno.test(`operator doctor finds ${name}`, async () => {
    const config = await createGoodConfig();
    spoil(config);

    const { exitCode, findings } = await diagnose(config, env);

    assert.equal(exitCode, 1);
    assert.deepEqual(findings.map(({ id, where }) => [id, where]), [[id, where]]);
  });
}

Deno.test("operator doctor finds a template for other statuses than are blocked", async () => {
  const config = await createGoodConfig(["--ask-only=rejected"]);

  const same = await diagnose(config);
  const other = await diagnose(config, { "LOGIN_BLOCKED_STATUSES": "rejected,review" });

  assert.deepEqual(same.findings, []);
  const ids = new Set(other.findings.map(({ id }) => id));
  assert.deepEqual(ids, new Set(["template_other_statuses"]));
  // Every sign-in method, and recovery.
  assert.equal(other.findings.length, 8);
});

for (
  const [name, accept] of [
    ["a private address that is an exception of the filter", (config: Config) => {
      const glob = "http://10.0.0.*/jumio/*";
      const http = { "disallow_private_ip_ranges": true, "private_ip_exception_urls": [glob] };
      config.clients = { http };
      set(login(config), { url: "http://10.0.0.9/jumio/validate" });
    }],
    ["http within a network of one's own", (config: Config) => {
      set(login(config), { url: "http://bridge:3000/jumio/validate" });
    }],
    ["response.parse in the place of can_interrupt", (config: Config) => {
      set(login(config), { "can_interrupt": undefined, response: { parse: true } });
    }],
    ["the secret as a Bearer token", (config: Config) => {
      setKey(login(config), { name: "Authorization", value: `Bearer ${HOOK_SECRET}` });
    }],
    ["a method without the hook that is off", (config: Config) => {
      hooksOf(config, "login", "webauthn").length = 0;
    }],
    ["a code that is sent for recovery only", (config: Config) => {
      config.selfservice.methods["code"] = { enabled: true };
      hooksOf(config, "login", "code").length = 0;
    }],
    ["recovery without the hook that is off", (config: Config) => {
      config.selfservice.flows["recovery"] = { enabled: false, after: {} };
    }],
    ["another hook of the same host", (config: Config) => {
      login(config).push({ hook: "web_hook", config: { url: `${SERVICE}/crm`, method: "GET" } });
    }],
  ] as const
) {
  Deno.test(`operator doctor finds nothing in ${name}`, async () => {
    const config = await createGoodConfig();
    accept(config);

    assert.deepEqual((await diagnose(config)).findings, []);
  });
}

for (
  const [name, addresses, ids] of [
    ["of which one is private", ["203.0.113.9", "fd00::9"], ["private_address_blocked"]],
    ["that are public", ["203.0.113.9"], []],
  ] as const
) {
  Deno.test(`operator doctor looks up a name behind the filter, with addresses ${name}`, async () => {
    const config = await createGoodConfig();
    config.clients = { http: { "disallow_private_ip_ranges": true } };
    const asked: string[] = [];

    const { stdout } = await operate(["doctor", "--json", "-"], {
      stdin: JSON.stringify(config),
      env: { "ORY_WEBHOOK_SECRET": HOOK_SECRET },
      resolve(hostname) {
        asked.push(hostname);
        return Promise.resolve(addresses);
      },
    });

    const { findings }: { findings: { id: string }[] } = JSON.parse(stdout);
    const found = new Set(findings.map(({ id }) => id));
    found.delete("settings_unusable");
    assert.deepEqual([asked, found], [["kyc.example.com"], new Set(ids)]);
  });
}

Deno.test("operator doctor --offline fetches no template and looks up no name", async () => {
  const config = await createGoodConfig();
  config.clients = { http: { "disallow_private_ip_ranges": true } };
  set(login(config), { body: "https://storage.example.com/validate.jsonnet" });
  const asked: string[] = [];

  const { stdout } = await operate(["doctor", "--offline", "-"], {
    stdin: JSON.stringify(config),
    env: { "ORY_WEBHOOK_SECRET": HOOK_SECRET },
    fetch(input) {
      asked.push(String(input));
      return Promise.resolve(new Response());
    },
    resolve(hostname) {
      asked.push(hostname);
      return Promise.resolve([]);
    },
  });

  assert.deepEqual(asked, []);
  assert.match(stdout, /Not checked. The template at https:\/\/storage.example.com/);
  assert.match(
    stdout,
    /Not checked. Whether the filter of private addresses blocks kyc.example.com/,
  );
});

Deno.test("operator doctor says what it cannot check, instead of finding nothing", async () => {
  const config = await createGoodConfig();
  set(login(config), { body: "file:///etc/of/another/machine/validate.jsonnet" });

  const { unchecked } = await diagnose(config, { "ORY_WEBHOOK_SECRET": "" });

  assert.match(unchecked.join("\n"), /template at file:\/\/\/etc\/of\/another\/machine/);
  assert.match(unchecked.join("\n"), /hooks' secret: ORY_WEBHOOK_SECRET is not set here/);
});

Deno.test("operator doctor reads what ory get project gives, and a file", async () => {
  const project = { services: { identity: { config: await createGoodConfig() } } };
  const files = { "project.json": JSON.stringify(project) };
  const env = { "ORY_WEBHOOK_SECRET": HOOK_SECRET };

  const { exitCode, stdout } = await operate(["doctor", "--offline", "project.json"], {
    files,
    env,
  });

  assert.deepEqual([exitCode, stdout], [
    0,
    "Not checked. The running setup: --offline\nNothing found\n",
  ]);
});

Deno.test("operator doctor prints each finding once, with its places, why and cure", async () => {
  const config = await createGoodConfig();
  set(login(config), { method: "GET" });
  set(registration(config), { method: "GET" });
  const stdin = JSON.stringify(config);

  const { stdout } = await operate(["doctor", "--offline", "-"], { stdin });

  assert.match(stdout, /^wrong_method\n {2}\S+\n {2}\S+\n {2}Why: {2}.+\n {2}Cure: .+\n\n/);
  assert.match(stdout, /\n2 findings\n$/);
});

type Override = (request: Request) => Response | undefined;

/** The live checks against the service and both simulators, with some answers in their place. */
async function checkLive(
  { override = () => undefined, env = {}, args = [], prepare = () => {} }: {
    override?: Override;
    env?: Record<string, string>;
    args?: readonly string[];
    prepare?: (context: TestContext) => void;
  } = {},
): Promise<{ run: OperatorRun; ids: string[]; started: number; asked: string[] }> {
  await using context = await createTestContext();
  prepare(context);
  const asked: string[] = [];
  const run = await operate(["doctor", "--json", ...args], {
    env: { ...context.env, ...env },
    now: () => context.clock.now,
    fetch(input, init) {
      const request = new Request(input, init);
      asked.push(`${request.method} ${new URL(request.url).host}`);
      const answer = override(request);
      return answer === undefined ? context.fetch(request) : Promise.resolve(answer);
    },
  });
  for (const secret of [HOOK_SECRET, "client-secret"]) assert(!run.stdout.includes(secret));
  const { findings }: { findings: { id: string }[] } = JSON.parse(run.stdout);
  const started = context.jumio.executions.length;
  return { run, ids: findings.map(({ id }) => id), started, asked };
}

const answers = (method: string, part: string, status: number): Override => (request) =>
  request.method === method && request.url.includes(part)
    ? Response.json({}, { status })
    : undefined;

const LIVE: readonly [
  id: keyof typeof FINDINGS,
  name: string,
  options: Parameters<typeof checkLive>[0],
][] = [
  ["kratos_unreachable", "Kratos is down", {
    prepare: ({ kratos }) => {
      kratos.faults.isAdminDown = true;
    },
  }],
  ["kratos_unreachable", "something else answers for Kratos", {
    override: answers("GET", "/admin/identities", 200),
  }],
  ["kratos_key_refused", "Kratos refuses the key", {
    override: answers("GET", "/admin/identities", 401),
  }],
  ["kratos_patch_refused", "the key may not patch", {
    override: answers("PATCH", "/admin/identities", 403),
  }],
  ["jumio_token_refused", "Jumio refuses the client", {
    env: { "JUMIO_CLIENT_SECRET": "another" },
  }],
  ["jumio_account_refused", "the client may not initiate", {
    override: answers("PUT", "account.", 403),
  }],
  ["jumio_retrieval_refused", "the client may not retrieve", {
    override: answers("GET", "retrieval.", 403),
  }],
  ["jumio_start_refused", "the workflow key is not known", {
    override: answers("POST", "account.", 400),
    args: ["--start-one"],
  }],
  ["clock_skew", "the clocks are a minute apart", {
    override: (request) => {
      if (request.method !== "PATCH") return undefined;
      const date = new Date(Date.UTC(2026, 4, 4, 9, 1)).toUTCString();
      return Response.json({}, { status: 404, headers: { date } });
    },
  }],
  ["service_unreachable", "nothing answers for the service", {
    args: ["--url=https://elsewhere.example.com"],
  }],
  ["kv_down", "the service's KV is down", { override: answers("GET", "/ready", 503) }],
  ["callback_unreachable", "a proxy keeps callbacks away", {
    override: answers("POST", "/jumio/callback/", 403),
  }],
];

Deno.test("operator doctor finds nothing in a running setup that is good, and changes nothing", async () => {
  const { run, ids, started } = await checkLive();

  assert.deepEqual([run.exitCode, ids, started], [0, [], 0]);
});

for (const [id, name, options] of LIVE) {
  Deno.test(`operator doctor finds that ${name}`, async () => {
    const { run, ids } = await checkLive(options);

    assert.deepEqual([run.exitCode, ids], [1, [id]]);
  });
}

for (const url of ["https://kyc.example.com:8443", "https://203.0.113.7", "http://localhost"]) {
  Deno.test(`operator doctor finds that Jumio does not take ${url}`, async () => {
    const { ids } = await checkLive({
      env: { "PUBLIC_URL": url },
      args: [`--url=${SERVICE}`],
      override: answers("POST", "/jumio/callback/", 401),
    });

    assert.deepEqual(ids, ["public_url_unfit"]);
  });
}

Deno.test("operator doctor finds every setting that is wrong, and asks nobody then", async () => {
  const { ids, asked } = await checkLive({ env: { "KRATOS_ADMIN_URL": "", "PORT": "x" } });

  assert.deepEqual(ids, ["settings_unusable", "settings_unusable"]);
  assert.deepEqual(asked, []);
});

Deno.test("operator doctor --start-one starts one transaction and names it", async () => {
  const { run, ids, started } = await checkLive({ args: ["--start-one"] });

  assert.deepEqual([ids, started], [[], 1]);
  assert.match(JSON.parse(run.stdout).startedExecution, /^[0-9a-f-]{36}$/);
});

Deno.test("operator doctor without PUBLIC_URL says what it did not look at", async () => {
  const { run, ids } = await checkLive({ env: { "PUBLIC_URL": "" } });

  assert.deepEqual(ids, []);
  assert.match(run.stdout, /neither PUBLIC_URL nor --url/);
  assert.match(run.stdout, /unsigned callbacks refused/);
});

for (const args of [["--offline"], ["--offline", "--start-one", "-"], ["no-such-file"]]) {
  Deno.test(`operator doctor refuses ${args.join(" ")}`, async () => {
    assert.equal((await operate(["doctor", ...args])).exitCode, 2);
  });
}

Deno.test("every finding of operator doctor is shown by a configuration or a setup here", () => {
  const shown = [
    ...SHOWN.map(([id]) => id),
    ...LIVE.map(([id]) => id),
    "template_other_statuses",
    "public_url_unfit",
    "settings_unusable",
  ];

  assert.deepEqual(new Set(shown), new Set(Object.keys(FINDINGS)));
});

Deno.test("docs/operator.md names every finding", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/operator.md", import.meta.url));

  assert.deepEqual(Object.keys(FINDINGS).filter((id) => !page.includes(`\`${id}\``)), []);
});
