import * as z from "zod";
import { readBody } from "../../../lib/http/body.ts";
import type { Context } from "../../../lib/context.ts";
import { readCounts } from "../../../lib/history/hourly_counts.ts";
import { closeDeadLetter, listDeadLetters } from "../../../lib/jobs/dead_letters.ts";
import { findJobKind, JOB_KIND_NAMES } from "../../../lib/verification/job_kinds.ts";
import { answerWithPage, type Operation, WITHOUT_KV } from "../../../lib/http/openapi.ts";
import { type Operator, signedFields } from "../../../lib/history/operator_action.ts";
import { findOperatorKey } from "../../../lib/operator/key.ts";
import { type Refusal, refuse } from "../../../lib/http/refusal.ts";
import { readStatus } from "../../../lib/operator/service_status.ts";
import { readTimeline } from "../../../lib/history/timeline.ts";
import { findRecord } from "../../../lib/verification/list.ts";
import type { OperatorEndpoint } from "../api/_endpoint.ts";
import { OperatorName } from "../../../lib/operator/operator_name.ts";
import { renderDashboard, renderHeader } from "./_dashboard.ts";
import { answerPage, html } from "./_html.ts";
import { renderIdentity, renderUnknown } from "./_identity.ts";
import { isSameOrigin, readSession, signInCookie, signOutCookie } from "./_session.ts";

/** Two days: today beside yesterday. */
const PLOT_HOURS = 48;

const MAX_LETTERS = 20;
const MAX_EVENTS = 200;

const FORM_TYPE = "application/x-www-form-urlencoded";

const FORM_REFUSALS: readonly Refusal[] = [
  "cross_site",
  "form_type",
  "body_too_large",
  "body_stalled",
  "body_broken",
];

const SignIn = z.object({ name: OperatorName, secret: z.string().max(1024) });
const Replay = z.object({ kind: z.enum(JOB_KIND_NAMES), id: z.string().min(1).max(64) });

/** `GET /operator/`: how the service does, one identity with `?id=`, or the way to sign in. */
async function operatorPage(request: Request, context: Context): Promise<Response> {
  const operator = await readSession(request, context);
  if (operator === undefined) return await answerSignIn({ status: 200 });
  const { searchParams } = new URL(request.url);
  const id = searchParams.get("id")?.trim().toLowerCase();
  if (id !== undefined && id !== "") return await answerIdentity(id, { operator, context });
  const { store, now } = context;
  const at = now();
  const [status, hours, { letters, hasMore: hasMoreLetters }] = await Promise.all([
    readStatus(store, { now: at }),
    readCounts(store, { now: at, hours: PLOT_HOURS }),
    listDeadLetters(store, { limit: MAX_LETTERS }),
  ]);
  const notice = searchParams.has("replayed") ? "It is tried again now." : undefined;
  const dashboard = { status, hours, letters, hasMoreLetters, notice, now: at };
  return await answerPage(html`${renderHeader(operator)}${renderDashboard(dashboard)}`, {
    title: "Ory and Jumio bridge",
  });
}

/** `POST /operator/sign-in`: the secret for a cookie that is worth half an hour. */
async function operatorSignIn(request: Request, context: Context): Promise<Response> {
  const { config, log, now } = context;
  const form = await readForm(request, { schema: SignIn, log });
  if (!form.ok) return form.response;
  const { name, secret } = form.value ?? { name: "", secret: "" };
  const key = findOperatorKey(secret, config.operatorKeys);
  if (key === undefined) {
    log.info("Refused an operator's sign-in", { reason: "operator_secret" });
    return await answerSignIn({ status: 401 });
  }
  log.info("An operator signed in", signedFields({ name, secretId: key.id }));
  return redirect("/operator/", await signInCookie({ name, key, now: now() }));
}

/** `POST /operator/sign-out`: takes the cookie away. */
async function operatorSignOut(request: Request, { log }: Context): Promise<Response> {
  const form = await readForm(request, { schema: z.object({}), log });
  return form.ok ? redirect("/operator/", signOutCookie()) : form.response;
}

/** `POST /operator/replay`: a dead letter's button. */
async function operatorReplay(request: Request, context: Context): Promise<Response> {
  const { store, log, now, telemetry } = context;
  const operator = await readSession(request, context);
  if (operator === undefined) return redirect("/operator/");
  const form = await readForm(request, { schema: Replay, log });
  if (!form.ok) return form.response;
  if (form.value === undefined) return refuse("not_recorded");
  const kind = findJobKind(form.value.kind);
  const isDone = kind !== undefined && await closeDeadLetter(store, {
    kind,
    id: form.value.id,
    action: "replay",
    operator,
    now: now(),
    trace: telemetry.currentTrace(),
  });
  log.info("An operator's request", {
    pathname: "/operator/replay",
    outcome: isDone ? "replayed" : "not_recorded",
    ...signedFields(operator),
  });
  return redirect(isDone ? "/operator/?replayed" : "/operator/");
}

async function answerIdentity(
  id: string,
  { operator, context: { store } }: { operator: Operator; context: Context },
): Promise<Response> {
  const title = "Identity: Ory and Jumio bridge";
  const record = await findRecord(store, id);
  if (record === undefined) {
    const body = html`${renderHeader(operator)}${renderUnknown(id)}`;
    return await answerPage(body, { title, status: 404 });
  }
  const subjectIds = [record.identityId, ...record.executions.map((execution) => execution.id)];
  const { events, nextCursor } = await readTimeline(store, { subjectIds, limit: MAX_EVENTS });
  const body = renderIdentity(record, { events, hasMore: nextCursor !== null });
  return await answerPage(html`${renderHeader(operator)}${body}`, { title });
}

async function answerSignIn({ status }: { status: 200 | 401 }): Promise<Response> {
  const body = html`
    <main>
      <div class="sign-in"><h1>Ory and Jumio bridge</h1>
    ${status === 401
      ? html`<p class="bad" role="alert">This did not work. The name has letters, digits, spaces or
. _ @ - and the secret is a value of OPERATOR_SECRET.</p>`
      : undefined}
    <form method="post" action="/operator/sign-in">
    <label>Your name, for the record
    <input name="name" required maxlength="64" autocomplete="username"></label>
    <label>Operator secret
    <input name="secret" type="password" required autocomplete="current-password"></label>
    <button>Sign in</button></form></div>
    </main>
  `;
  return await answerPage(body, { title: "Sign in: Ory and Jumio bridge", status });
}

/** Reads a form that a page of ours has sent. The value is undefined where it has another shape. */
async function readForm<Schema extends z.ZodType>(
  request: Request,
  { schema, log }: { schema: Schema; log: Context["log"] },
): Promise<{ ok: true; value: z.output<Schema> | undefined } | { ok: false; response: Response }> {
  function refuseForm(reason: Refusal): { ok: false; response: Response } {
    log.info("Refused an operator's form", { reason });
    return { ok: false, response: refuse(reason) };
  }

  if (!isSameOrigin(request)) return refuseForm("cross_site");
  const body = await readBody(request, { contentType: FORM_TYPE });
  if (!body.ok) return refuseForm(body.reason === "content_type" ? "form_type" : body.reason);
  const fields = new URLSearchParams(new TextDecoder().decode(body.value));
  const parsed = schema.safeParse(Object.fromEntries(fields));
  return { ok: true, value: parsed.success ? parsed.data : undefined };
}

function redirect(location: string, cookie?: string): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  if (cookie !== undefined) headers.set("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** What serves the page and takes its forms, and what is told of it. */
export const PAGE_ENDPOINTS = {
  page: endpoint(operatorPage, {
    summary: "The operator's page, or the way to sign in",
    answers: [
      answerWithPage(200, "The page"),
      answerWithPage(404, "No record of the id"),
    ],
    refusals: [],
  }),
  signIn: endpoint(operatorSignIn, {
    summary: "Takes the secret for a cookie that is worth half an hour",
    answers: [answerWithPage(401, "Not signed in")],
    refusals: FORM_REFUSALS,
  }),
  signOut: endpoint(operatorSignOut, {
    summary: "Takes the cookie away",
    answers: [],
    refusals: FORM_REFUSALS,
  }),
  replay: endpoint(operatorReplay, {
    summary: "Replays a dead letter, as its button does",
    answers: [],
    refusals: [...FORM_REFUSALS, "not_recorded"],
  }),
} as const;

function endpoint(
  handle: OperatorEndpoint["handle"],
  { summary, answers, refusals }: Required<Pick<Operation, "summary" | "answers" | "refusals">>,
): OperatorEndpoint {
  const redirect = { status: 303, description: "Back to the page" };
  return {
    handle,
    describe: () => ({
      summary,
      answers: [...answers, ...(refusals.length === 0 ? [] : [redirect]), WITHOUT_KV],
      refusals: ["not_found", ...refusals],
    }),
  };
}
