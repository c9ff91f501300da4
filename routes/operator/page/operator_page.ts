// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../../lib/context.ts";
import { readCounts } from "../../../lib/history/hourly_counts.ts";
import { signedFields } from "../../../lib/history/operator_action.ts";
import { type Html, html } from "../../../lib/http/html.ts";
import { answerWithPage, WITHOUT_KV } from "../../../lib/http/openapi.ts";
import { answerPage } from "../../../lib/http/page.ts";
import type { Refusal } from "../../../lib/http/refusal.ts";
import { defineRoute, PUBLIC, refused } from "../../../lib/http/route.ts";
import { closeDeadLetter, listDeadLetters } from "../../../lib/jobs/dead_letters.ts";
import {
  findOperatorKey,
  nameOperator,
  readSecretId,
  type SignedInOperator,
} from "../../../lib/operator/key.ts";
import { recordLook } from "../../../lib/operator/looks.ts";
import { OperatorName } from "../../../lib/operator/operator_name.ts";
import { readIdentityTimeline } from "../../../lib/operator/identity_timeline.ts";
import { readOryCopy } from "../../../lib/operator/ory_copy.ts";
import { readStatus } from "../../../lib/operator/service_status.ts";
import { findJobKind, JOB_KIND_NAMES } from "../../../lib/verification/job_kinds.ts";
import { findRecord } from "../../../lib/verification/list.ts";
import { changedAtOf } from "../../../lib/verification/rows.ts";
import { renderDashboard, renderHeader } from "./_dashboard.ts";
import { answerFailureWith, PAGE_FAILURES } from "./_failure.ts";
import { renderIdentity, renderUnknown } from "./_identity.ts";
import { NOTICE_QUERY, renderNotice } from "./_notice.ts";
import { findNext, QueueFilter } from "./_queue.ts";
import { redirect } from "./_redirect.ts";
import { createSessionCookie, deleteSessionCookie, SESSION, SESSION_ENDED } from "./_session.ts";
import { answerSignInPage, type SignInProblem } from "./_sign_in.ts";
import { STYLE } from "./_style.ts";

/** Two days, so that today can be compared with yesterday. */
const PLOT_HOURS = 48;

const MAX_LETTERS = 20;
const MAX_EVENTS = 200;

const REDIRECT = { status: 303, description: "Back to the page" };

const PageQuery = z.object({
  id: z.optional(z.string().trim().toLowerCase().max(64)).describe(
    "An identity or execution to show",
  ),
  ended: z.optional(z.string()).describe("Present after a form that was sent without a session"),
  status: z.optional(QueueFilter.shape.status.unwrap())
    .describe("The identity was opened in the queue of this status"),
  age: QueueFilter.shape.age,
  ...NOTICE_QUERY,
});

const SignIn = z.object({
  /** Empty for a secret that has a name. */
  name: z.union([z.literal(""), OperatorName]).default(""),
  secret: z.string().max(1024),
});
/** What the form to sign in says after a refusal. */
const SIGN_IN_PROBLEMS: ReadonlyMap<Refusal, SignInProblem> = new Map([
  ["operator_secret", "wrong_secret"],
  ["form_fields", "wrong_secret"],
  ["operator_name", "no_name"],
  ["operator_other_name", "other_name"],
]);

const Replay = z.object({ kind: z.enum(JOB_KIND_NAMES), id: z.string().min(1).max(64) });

/** The dashboard, one identity with `?id=`, or the form to sign in. */
export const operatorPage = defineRoute({
  method: "GET",
  path: "/operator/",
  summary: "The operator's page, or the form to sign in",
  authentication: SESSION,
  query: PageQuery,
  answers: [
    answerWithPage(200, "The page"),
    answerWithPage(404, "There is no record of the id"),
    ...PAGE_FAILURES,
  ],
  answerFailure: answerFailureWith("The page cannot be shown"),
  async handle({ caller: operator, query }, context: Context) {
    if (operator === undefined) {
      const problem = query.ended === undefined ? undefined : "ended";
      return { response: await answerSignInPage(problem) };
    }
    const { id = "", status, age, ...notices } = query;
    const notice = renderNotice(notices);
    const filter = status === undefined ? undefined : { status, age };
    const response = id === ""
      ? await answerDashboard({ operator, notice, context })
      : await answerIdentity(id, { operator, notice, filter, context });
    return { response };
  },
});

/** Exchanges the operator's secret for a cookie that is valid for half an hour. */
export const operatorSignIn = defineRoute({
  method: "POST",
  path: "/operator/sign-in",
  summary: "Exchanges the operator's secret for a session of half an hour",
  authentication: PUBLIC,
  form: SignIn,
  answers: [
    REDIRECT,
    answerWithPage(400, "The name is missing, or belongs to another secret"),
    answerWithPage(401, "Not signed in"),
    WITHOUT_KV,
  ],
  answerRefusal({ refusal }) {
    const problem = SIGN_IN_PROBLEMS.get(refusal);
    return problem && answerSignInPage(problem);
  },
  async handle({ body }, { config: { operator: { keys } }, log, now }: Context) {
    const key = await findOperatorKey(body.secret, keys);
    if (key === undefined) return refused("operator_secret");
    const named = nameOperator(key, { given: body.name === "" ? undefined : body.name, keys });
    if (!named.ok) return refused("operator_other_name");
    const { name } = named;
    if (name === undefined) return refused("operator_name");
    log.info("An operator signed in", signedFields({ name, secretId: await readSecretId(key) }));
    return { response: redirect("./", await createSessionCookie({ name, key, now: now() })) };
  },
});

export const operatorSignOut = defineRoute({
  method: "POST",
  path: "/operator/sign-out",
  summary: "Ends the session",
  authentication: PUBLIC,
  form: z.object({}),
  answers: [REDIRECT, WITHOUT_KV],
  handle: () => ({ response: redirect("./", deleteSessionCookie()) }),
});

/** The button of a dead letter. */
export const operatorReplay = defineRoute({
  method: "POST",
  path: "/operator/replay",
  summary: "Tries the job of a dead letter again",
  authentication: SESSION,
  form: Replay,
  answers: [REDIRECT, ...PAGE_FAILURES],
  answerFailure: answerFailureWith("Perhaps nothing was replayed"),
  async handle({ body, caller: operator }, { store, log, now, telemetry }: Context) {
    if (operator === undefined) return { response: redirect(SESSION_ENDED) };
    const kind = findJobKind(body.kind);
    const isClosed = kind !== undefined && await closeDeadLetter(store, {
      kind,
      id: body.id,
      action: "replay",
      operator,
      now: now(),
      trace: telemetry.currentTrace(),
    });
    const outcome = isClosed ? "replayed" : "not_recorded";
    log.info("An operator replayed a dead letter", { outcome, ...signedFields(operator) });
    return { response: redirect(isClosed ? "./?replayed" : "./"), outcome };
  },
});

async function answerDashboard(
  { operator, notice, context: { store, now } }: {
    operator: SignedInOperator;
    notice: Html | undefined;
    context: Context;
  },
): Promise<Response> {
  const at = now();
  const [status, hours, { letters, hasMore: hasMoreLetters }] = await Promise.all([
    readStatus(store, { now: at }),
    readCounts(store, { now: at, hours: PLOT_HOURS }),
    listDeadLetters(store, { limit: MAX_LETTERS }),
  ]);
  const dashboard = { operator, status, hours, letters, hasMoreLetters, notice, now: at };
  return await answerPage({
    title: "Ory and Jumio bridge",
    style: STYLE,
    body: html`${renderHeader(operator)}${renderDashboard(dashboard)}`,
  });
}

async function answerIdentity(
  id: string,
  { operator, notice, filter, context }: {
    operator: SignedInOperator;
    notice: Html | undefined;
    /** Of the queue in which the identity was opened. */
    filter: QueueFilter | undefined;
    context: Context;
  },
): Promise<Response> {
  const { store, kratos } = context;
  const page = { title: "Identity: Ory and Jumio bridge", style: STYLE };
  const record = await findRecord(store, id);
  if (record === undefined) {
    const body = html`${renderHeader(operator)}${renderUnknown(id)}`;
    return await answerPage({ ...page, status: 404, body });
  }
  const { identityId, verification } = record;
  const timeline = { limit: MAX_EVENTS, now: context.now() };
  const [{ events, nextCursor }, ory, nextId] = await Promise.all([
    readIdentityTimeline(store, record, timeline),
    readOryCopy(record, { kratos }),
    filter === undefined || verification === null
      ? undefined
      : findNext(context, { filter, after: { changedAt: changedAtOf(verification), identityId } }),
  ]);
  await recordLook(identityId, { ...context, reader: operator });
  const hasMore = nextCursor !== null;
  const queue = filter && { filter, nextId };
  const identity = renderIdentity(record, { operator, ory, events, hasMore, notice, queue });
  return await answerPage({ ...page, body: html`${renderHeader(operator)}${identity}` });
}
