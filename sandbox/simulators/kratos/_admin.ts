// SPDX-License-Identifier: Apache-2.0
import { delayOrAbort } from "../delay_or_abort.ts";
import {
  deleteIdentity,
  endSessions,
  importIdentity,
  listIdentities,
  patchIdentity,
  replaceIdentity,
  withCredentials,
} from "./_admin_identities.ts";
import { listMails } from "./_mail.ts";
import { createRecoveryCode, createRecoveryLink } from "./_recovery.ts";
import { answerError, answerNotFound, answerRateLimited } from "./_errors.ts";
import type { KratosFaults } from "./_faults.ts";
import type { KratosState } from "./_state.ts";

/** What the admin API needs. */
export interface AdminOptions {
  readonly state: KratosState;
  readonly faults: KratosFaults;
  readonly publicUrl: string;
  readonly now: () => number;
  readonly apiKey?: string;
}

/** The oldest version that the service supports, and the one that the end-to-end tests build. */
const VERSION = "v1.3.1";

const IDENTITY_PATH = /^\/admin\/identities\/([^/]+)(\/sessions)?$/;

/** Creates the handler of all paths under `/admin/`. */
export function createAdminApi(options: AdminOptions): (request: Request) => Promise<Response> {
  const { state, faults } = options;
  /** Ids of the identities that a PATCH or DELETE is being applied to. */
  const writing = new Set<string>();

  return async (request) => {
    const refusal = refuse(request, options);
    if (refusal !== undefined) return refusal;
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "PATCH") await delayOrAbort(faults.adminSlowMs, request);
    switch (`${request.method} ${pathname}`) {
      case "POST /admin/recovery/code":
        return createRecoveryCode(await readJson(request), options);
      case "GET /admin/version":
        return Response.json({ version: VERSION });
      case "POST /admin/recovery/link":
        return createRecoveryLink(await readJson(request), options);
      case "GET /admin/courier/messages":
        return listMails(state, searchParams);
      case "GET /admin/identities":
        return listIdentities(state, searchParams);
      case "POST /admin/identities":
        return importIdentity(await readJson(request), options);
    }
    // Kratos treats a malformed id as an unknown one.
    const [, id = "", suffix = ""] = IDENTITY_PATH.exec(pathname) ?? [];
    return await serveIdentity(request, { id, suffix, writing, options });
  };
}

/** Answers the calls that a fault or a missing API key stops. */
function refuse(request: Request, { faults, apiKey }: AdminOptions): Response | undefined {
  const forced = faults.nextStatuses.shift();
  if (forced !== undefined) return answerError(forced, { headers: { "x-ratelimit-reset": "1" } });
  if (faults.isAdminDown) return answerError(503);
  if (faults.isRateLimited) return answerRateLimited();
  if (apiKey !== undefined && request.headers.get("authorization") !== `Bearer ${apiKey}`) {
    return answerError(401, { message: "The request could not be authorized" });
  }
  return undefined;
}

/** Serves the paths of one identity. */
async function serveIdentity(
  request: Request,
  { id, suffix, writing, options }: {
    id: string;
    suffix: string;
    writing: Set<string>;
    options: AdminOptions;
  },
): Promise<Response> {
  const { state, faults, now } = options;
  const identity = state.identities.get(id);
  if (identity === undefined) return answerNotFound();
  const route = `${request.method}${suffix}`;
  if (route === "GET") return Response.json(withCredentials(identity));
  if (route === "DELETE/sessions") return endSessions(state, id);
  if (route === "PUT") return replaceIdentity(identity, { body: await readJson(request), options });
  if (route !== "PATCH" && route !== "DELETE") return answerError(405);
  if (faults.refusesConcurrentWrites && writing.has(id)) return answerRateLimited();
  writing.add(id);
  try {
    if (route === "DELETE") return deleteIdentity(state, id);
    // Kratos reads the whole row, changes it, and writes the whole row: of two writers the last wins.
    const before = structuredClone(identity);
    const operations = await readJson(request);
    await delayOrAbort(faults.adminSlowMs, request);
    return patchIdentity(before, { operations, state, faults, now });
  } finally {
    writing.delete(id);
  }
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    // Every schema refuses undefined, as it refuses any other wrong body.
    return undefined;
  }
}
