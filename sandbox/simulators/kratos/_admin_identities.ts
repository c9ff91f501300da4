// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { answerError, answerNotFound } from "./_errors.ts";
import type { KratosFaults } from "./_faults.ts";
import { applyPatch } from "./_patch.ts";
import { createIdentity, findByEmail, type KratosState, type SimulatedIdentity } from "./_state.ts";

const FIRST_PAGE = "00000000-0000-0000-0000-000000000000";
const MAX_PAGE_SIZE = 1000;

const Traits = z.looseObject({ email: z.string().regex(/^[^@\s]+@[^@\s]+$/) });
const PatchedIdentity = z.object({
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

/** Applies a JSON Patch to an identity as it was read, and writes the whole row. */
export function patchIdentity(
  before: SimulatedIdentity,
  { operations, state, faults, now }: {
    operations: unknown;
    state: KratosState;
    faults: KratosFaults;
    now: () => number;
  },
): Response {
  const patched = PatchedIdentity.safeParse(applyPatch({ ...before }, operations));
  if (!patched.success) {
    return answerError(400, { reason: "An error occured when applying the JSON patch" });
  }
  const { email } = patched.data.traits;
  // Looks only for a new address, because the search reads all identities.
  const other = email === before.traits.email ? undefined : findByEmail(state, email);
  if (other !== undefined && other.id !== before.id) return answerError(409);
  // Kratos decodes the fields that it knows, and drops the others.
  const { "schema_id": _fixed, ...changes } = patched.data;
  const updatedAt = new Date(now()).toISOString();
  const next: SimulatedIdentity = { ...before, ...changes, "updated_at": updatedAt };
  if (!state.identities.has(before.id)) return answerNotFound();
  const isStored = !faults.losesNextPatch && !faults.ignoresPatches;
  state.identities.set(before.id, isStored ? next : before);
  faults.losesNextPatch = false;
  return Response.json(withCredentials(next));
}

/** Replaces an identity as an administrator does. Kratos takes fields that are left out as empty. */
export function replaceIdentity(
  before: SimulatedIdentity,
  { body, options: { state, now } }: {
    body: unknown;
    options: { state: KratosState; now: () => number };
  },
): Response {
  const form = NewIdentity.safeParse(body);
  if (!form.success) return answerError(400, { reason: "The traits do not fit the schema" });
  const next: SimulatedIdentity = {
    ...before,
    traits: form.data.traits,
    state: form.data.state ?? before.state,
    "metadata_public": form.data["metadata_public"] ?? null,
    "metadata_admin": form.data["metadata_admin"] ?? null,
    "updated_at": new Date(now()).toISOString(),
  };
  state.identities.set(before.id, next);
  return Response.json(withCredentials(next));
}

export function deleteIdentity(state: KratosState, id: string): Response {
  endSessions(state, id);
  state.identities.delete(id);
  state.passwords.delete(id);
  return new Response(null, { status: 204 });
}

/** Ends all sessions of an identity. Kratos answers 404 when there are none. */
export function endSessions({ sessions }: KratosState, id: string): Response {
  const ofIdentity = sessions.values().filter(({ identityId }) => identityId === id).toArray();
  for (const { token } of ofIdentity) sessions.delete(token);
  return ofIdentity.length === 0 ? answerNotFound() : new Response(null, { status: 204 });
}

/** Creates an identity as an administrator does. */
export function importIdentity(
  body: unknown,
  { state, now }: { state: KratosState; now: () => number },
): Response {
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

/** Lists identities in the order of their ids. A page token is the last id of the page before. */
export function listIdentities({ identities }: KratosState, search: URLSearchParams): Response {
  const ids = search.getAll("ids");
  const identifier = search.get("credentials_identifier");
  // v1.3.1 accepts both parameters together; newer versions refuse them.
  if (ids.length > 0 && identifier !== null) return answerError(400);
  if (ids.length > 0) {
    return Response.json(identities.values().filter(({ id }) => ids.includes(id)).toArray());
  }
  if (identifier !== null) {
    return Response.json(
      identities.values().filter(({ traits }) => traits.email === identifier).toArray(),
    );
  }
  const size = Math.min(Number(search.get("page_size")) || 250, MAX_PAGE_SIZE);
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

/** Kratos shows credentials with a single identity, but not in a list. */
export function withCredentials(identity: SimulatedIdentity): Record<string, unknown> {
  const password = { type: "password", identifiers: [identity.traits.email], version: 0 };
  return { ...identity, credentials: { password } };
}
