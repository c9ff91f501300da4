import * as z from "zod";
import { pause } from "../call.ts";
import { applyPatch } from "./_patch.ts";
import {
  answerError,
  createFlow,
  createIdentity,
  findByEmail,
  type KratosState,
  type SimulatedIdentity,
} from "./state.ts";

/** What can go wrong at Kratos. A test or the sandbox's page changes it at any time. */
export interface KratosFaults {
  /** Every admin call answers 503. */
  isAdminDown: boolean;
  /** A PATCH spends this time between its read and its write, where others can come between. */
  adminSlowMs: number;
  /** Every admin call answers 429, as Ory Network does over its limits. */
  isRateLimited: boolean;
  /** A second PATCH or DELETE of an identity at the same time answers 429, as on Ory Network. */
  refusesConcurrentWrites: boolean;
  /** The next admin calls answer with these statuses. */
  nextStatuses: number[];
  /** The next PATCH is undone at once by another writer, who puts the whole row back. */
  losesNextPatch: boolean;
}

/** What the admin API is built from. */
export interface AdminParts {
  readonly state: KratosState;
  readonly faults: KratosFaults;
  readonly publicUrl: string;
  readonly now: () => number;
  readonly apiKey?: string;
}

const IDENTITY_PATH = /^\/admin\/identities\/([^/]+)(\/sessions)?$/;
const FIRST_PAGE = "00000000-0000-0000-0000-000000000000";
const MAX_PAGE = 1000;

const Traits = z.looseObject({ email: z.string().regex(/^[^@\s]+@[^@\s]+$/) });
const Patched = z.object({
  "schema_id": z.string(),
  state: z.enum(["active", "inactive"]),
  traits: Traits,
  "metadata_public": z.unknown(),
  "metadata_admin": z.unknown(),
});
const NewIdentity = z.object({
  "schema_id": z.optional(z.string()),
  state: z.optional(z.enum(["active", "inactive"])),
  traits: Traits,
  "metadata_public": z.optional(z.unknown()),
  "metadata_admin": z.optional(z.unknown()),
  credentials: z.optional(z.object({
    password: z.optional(z.object({ config: z.object({ password: z.string() }) })),
  })),
});

/** Serves everything under `/admin/`. */
export function createAdminApi(parts: AdminParts): (request: Request) => Promise<Response> {
  const { state, faults, apiKey, now } = parts;
  const writes = new Set<string>();

  return async (request) => {
    const forced = faults.nextStatuses.shift();
    if (forced !== undefined) return answerError(forced, { headers: { "x-ratelimit-reset": "1" } });
    if (faults.isAdminDown) return answerError(503);
    if (faults.isRateLimited) return refuseByRate();
    if (apiKey !== undefined && request.headers.get("authorization") !== `Bearer ${apiKey}`) {
      return answerError(401, { message: "The request could not be authorized" });
    }
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "PATCH") await pause(faults.adminSlowMs, request);
    switch (`${request.method} ${pathname}`) {
      case "POST /admin/recovery/code":
        return createRecovery(await readJson(request));
      case "GET /admin/identities":
        return listIdentities(state, searchParams);
      case "POST /admin/identities":
        return importIdentity(await readJson(request));
    }
    // Kratos reads a malformed id as one that it does not have.
    const [, id = "", suffix = ""] = IDENTITY_PATH.exec(pathname) ?? [];
    const identity = state.identities.get(id);
    if (identity === undefined) return refuseUnknown();
    const route = `${request.method}${suffix}`;
    if (route === "GET") return Response.json(withCredentials(identity));
    if (route === "DELETE/sessions") return endSessions(id);
    if (route !== "PATCH" && route !== "DELETE") return answerError(405);
    if (faults.refusesConcurrentWrites && writes.has(id)) return refuseByRate();
    writes.add(id);
    try {
      return route === "PATCH" ? await patchIdentity(identity, request) : deleteIdentity(id);
    } finally {
      writes.delete(id);
    }
  };

  /** Reads the row, changes it, writes all of it: whoever wrote in between has lost. */
  async function patchIdentity(identity: SimulatedIdentity, request: Request): Promise<Response> {
    const before = structuredClone(identity);
    const operations = await readJson(request);
    await pause(faults.adminSlowMs, request);
    const document = applyPatch({ ...before }, operations);
    const patched = Patched.safeParse(document);
    if (!patched.success) {
      return answerError(400, { reason: "An error occured when applying the JSON patch" });
    }
    const { email } = patched.data.traits;
    // Looked up only for a new address, because it reads through all identities.
    const other = email === before.traits.email ? undefined : findByEmail(state, email);
    if (other !== undefined && other.id !== before.id) return answerError(409);
    // Kratos decodes the fields that it knows, and drops the others.
    const { "schema_id": _fixed, ...changes } = patched.data;
    const next: SimulatedIdentity = { ...before, ...changes, "updated_at": timestamp() };
    if (!state.identities.has(before.id)) return refuseUnknown();
    state.identities.set(before.id, faults.losesNextPatch ? before : next);
    faults.losesNextPatch = false;
    return Response.json(withCredentials(next));
  }

  function deleteIdentity(id: string): Response {
    endSessions(id);
    state.identities.delete(id);
    state.passwords.delete(id);
    return new Response(null, { status: 204 });
  }

  function endSessions(id: string): Response {
    const own = state.sessions.values().filter(({ identityId }) => identityId === id).toArray();
    for (const { token } of own) state.sessions.delete(token);
    return own.length === 0 ? refuseUnknown() : new Response(null, { status: 204 });
  }

  function importIdentity(body: unknown): Response {
    const form = NewIdentity.safeParse(body);
    if (!form.success) return answerError(400, { reason: "The traits do not fit the schema" });
    const { credentials, ...rest } = form.data;
    if (findByEmail(state, rest.traits.email) !== undefined) {
      const reason = "This identity conflicts with another identity that already exists.";
      return answerError(409, { reason });
    }
    const identity: SimulatedIdentity = {
      ...createIdentity(rest.traits, now()),
      "schema_id": rest["schema_id"] ?? "person",
      state: rest.state ?? "active",
      "metadata_public": rest["metadata_public"] ?? null,
      "metadata_admin": rest["metadata_admin"] ?? null,
    };
    state.identities.set(identity.id, identity);
    const password = credentials?.password?.config.password;
    if (password !== undefined) state.passwords.set(identity.id, password);
    return Response.json(withCredentials(identity), { status: 201 });
  }

  function createRecovery(body: unknown): Response {
    const form = z.object({ "identity_id": z.string() }).safeParse(body);
    const identityId = form.data?.["identity_id"] ?? "";
    if (!state.identities.has(identityId)) return refuseUnknown("could not find identity");
    const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
    const code = String(random).slice(-6).padStart(6, "0");
    const flow = createFlow(state, "recovery", { identityId, code, active: "code" });
    return Response.json({
      "recovery_link": `${parts.publicUrl}/recovery?flow=${flow.id}`,
      "recovery_code": code,
      "expires_at": new Date(now() + 3_600_000).toISOString(),
    }, { status: 201 });
  }

  function timestamp(): string {
    return new Date(now()).toISOString();
  }
}

/** In order of ids, from the page token on, which is the last id of the page before. */
function listIdentities({ identities }: KratosState, search: URLSearchParams): Response {
  const ids = search.getAll("ids");
  const identifier = search.get("credentials_identifier");
  // Newer versions refuse what v1.3.1 lets pass.
  if (ids.length > 0 && identifier !== null) return answerError(400);
  if (ids.length > 0) {
    return Response.json(identities.values().filter(({ id }) => ids.includes(id)).toArray());
  }
  if (identifier !== null) {
    return Response.json(
      identities.values().filter(({ traits }) => traits.email === identifier).toArray(),
    );
  }
  const size = Math.min(Number(search.get("page_size")) || 250, MAX_PAGE);
  const after = search.get("page_token") ?? FIRST_PAGE;
  const rest = [...identities.values()].sort((a, b) => a.id < b.id ? -1 : 1)
    .filter(({ id }) => id > after);
  const page = rest.slice(0, size);
  const link = (token: string, relation: string) =>
    `</admin/identities?page_size=${size}&page_token=${token}>; rel="${relation}"`;
  const links = [link(FIRST_PAGE, "first")];
  if (rest.length > size) links.push(link(page.at(-1)?.id ?? FIRST_PAGE, "next"));
  return Response.json(page, { headers: { link: links.join(",") } });
}

/** One identity comes with its credentials, as far as Kratos shows them; those of a list do not. */
function withCredentials(identity: SimulatedIdentity): Record<string, unknown> {
  const password = { type: "password", identifiers: [identity.traits.email], version: 0 };
  return { ...identity, credentials: { password } };
}

function refuseUnknown(reason?: string): Response {
  const message = "Unable to locate the resource";
  return answerError(404, reason === undefined ? { message } : { message, reason });
}

function refuseByRate(): Response {
  return answerError(429, {
    headers: {
      "x-ratelimit-limit": "5, 5;w=1, 80;w=60",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "1",
    },
  });
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    // The schema refuses undefined, as it does any other wrong body.
    return undefined;
  }
}
