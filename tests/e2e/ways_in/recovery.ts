// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { conclude, registerByPassword } from "./first_factors.ts";
import { readMail, readMailedCode } from "./mail.ts";
import type { Rig } from "./rig.ts";
import type { Visitor } from "./visitor.ts";
import { type Entry, newEmail, type WayIn } from "./way_in.ts";

/** Somebody who is to recover their account. */
interface Forgetful {
  readonly rig: Rig;
  readonly email: string;
  readonly identityId: string;
}

/** A way of somebody who registered by password and forgot it. */
function recovering(recover: (who: Forgetful) => Promise<Entry>): WayIn {
  return {
    async prepare(rig) {
      const email = newEmail();
      const identityId = await registerByPassword(rig.app(), email);
      return { identityId, enter: () => recover({ rig, email, identityId }) };
    },
  };
}

/** Asks an administrator's API for a code or a link. */
async function askAdministrator(
  kind: "code" | "link",
  { rig, identityId }: Forgetful,
): Promise<{ link: string; code: string }> {
  const { adminUrl } = rig.world.kratos;
  const { json } = await rig.browser()
    .request(`${adminUrl}/admin/recovery/${kind}`, { body: { "identity_id": identityId } });
  return { link: json["recovery_link"], code: json["recovery_code"] ?? "" };
}

/** Opens a link of a mail or of an administrator. */
async function openLink(link: string, visitor: Visitor): Promise<Entry> {
  return await readEnd(await visitor.follow(link), visitor);
}

/** The page that a recovery ends on: settings with a session, or a new recovery with a refusal. */
async function readEnd(end: URL, visitor: Visitor): Promise<Entry> {
  const isRefused = end.pathname === "/recovery";
  const id = end.searchParams.get("flow") ?? "";
  return await conclude(visitor, {
    json: isRefused ? (await visitor.read("recovery", id)).json : {},
  });
}

async function byAdministratorsCode(who: Forgetful): Promise<Entry> {
  const visitor = who.rig.browser();
  const { link, code } = await askAdministrator("code", who);
  const flow = await visitor.read("recovery", new URL(link).searchParams.get("flow") ?? "");
  return await submitCode(visitor, { flow, code });
}

async function byOwnCode(kind: "app" | "browser", { rig, email }: Forgetful): Promise<Entry> {
  const visitor = rig[kind]();
  const { id } = await visitor.open("recovery");
  await visitor.submit(await visitor.read("recovery", id), { method: "code", email });
  const code = await readMailedCode(rig.world, email);
  return await submitCode(visitor, { flow: await visitor.read("recovery", id), code });
}

/**
 * Submits a recovery code as JSON. After a refusal, the text is in a new flow: Kratos redirects to it
 * or, with `use_continue_with_transitions`, answers 500 and names it.
 */
async function submitCode(
  visitor: Visitor,
  { flow, code }: { flow: Awaited<ReturnType<Visitor["read"]>>; code: string },
): Promise<Entry> {
  const answer = await visitor.submit(flow, { method: "code", code });
  // With continue_with, an app's session token comes in a list.
  const items: Record<string, string>[] = answer.json["continue_with"] ?? [];
  visitor.token = items.find(({ action }) => action === "set_ory_session_token")
    ?.["ory_session_token"];
  if (answer.location !== undefined) {
    return await conclude(visitor, await visitor.request(answer.location));
  }
  const [next] = answer.json.error?.details?.["continue_with"] ?? [];
  if (next === undefined) return await conclude(visitor, answer);
  assert.deepEqual([answer.status, next.action], [500, "show_recovery_ui"]);
  return await conclude(visitor, await visitor.read("recovery", next.flow.id));
}

async function byOwnLink({ rig, email }: Forgetful): Promise<Entry> {
  const visitor = rig.browser();
  await visitor.submit(await visitor.open("recovery"), { method: "link", email });
  const [link = ""] = /http:\S+token=\w+\S*/.exec(await readMail(rig.world, email)) ?? [];
  return await openLink(link, visitor);
}

export const RECOVERY_BY_CODE: Readonly<Record<string, WayIn>> = {
  "recovery by an administrator's code": recovering(byAdministratorsCode),
  "recovery by an administrator's link": recovering(async (who) =>
    await openLink((await askAdministrator("link", who)).link, who.rig.browser())
  ),
  "recovery by their own code, in a browser": recovering((who) => byOwnCode("browser", who)),
};

export const RECOVERY_BY_LINK: Readonly<Record<string, WayIn>> = {
  "recovery by their own link": recovering(byOwnLink),
};

/** With Kratos's feature flag `use_continue_with_transitions`. */
export const RECOVERY_CONTINUED: Readonly<Record<string, WayIn>> = {
  ...RECOVERY_BY_CODE,
  "recovery by their own code, in an app": recovering((who) => byOwnCode("app", who)),
};
