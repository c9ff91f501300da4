// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../lib/context.ts";
import { answerWithPage, PAGE_FAILURES } from "../../lib/http/openapi.ts";
import { defineRoute, PUBLIC, type RouteAnswer } from "../../lib/http/route.ts";
import { continueVerification } from "../../lib/verification/continue.ts";
import { createVisit, type LinkRefusal, verifyLink } from "../../lib/verification/link.ts";
import { readProgress } from "../../lib/verification/progress.ts";
import { refusalOf, renderFailurePage, renderPersonPage } from "./person_page.ts";
import { Lang, pickPersonLocale, readChosenLanguage } from "./_language.ts";
import { createVisitCookie } from "./_visit_cookie.ts";

const PATH = "/jumio/verify";

/** A missing token is answered like a wrong one. */
const Token = z.string().default("").describe("The signed token of the person's link");

const TOO_MANY = answerWithPage(429, "Started too often today, or in all");

const LINK_REFUSED = [
  answerWithPage(403, "The link does not work"),
  answerWithPage(410, "The link has expired, or the account is gone"),
  ...PAGE_FAILURES,
];

/**
 * The person's page: the progress of their verification, and a button to continue.
 *
 * A GET only reads our own rows, so that a mail scanner that opens links starts nothing. Only a
 * verified token names the person: nothing is looked up before.
 */
export const verify = defineRoute({
  method: "GET",
  path: PATH,
  summary: "The person's page: the progress of the verification, and a button to continue",
  authentication: PUBLIC,
  query: z.object({ token: Token, lang: Lang }),
  answers: [answerWithPage(200, "The progress"), TOO_MANY, ...LINK_REFUSED],
  answerFailure: renderFailurePage,
  async handle({ request, query: { token } }, context: Context) {
    const { config, store, now } = context;
    const person = await verifyPerson(token, context);
    if (!person.ok) return await refuseLink(person.reason, { request, context });
    const { state } = await readProgress(store, {
      identityId: person.value,
      maxExecutions: config.jumio.maxExecutions,
      now: now(),
    });
    const response = await renderPersonPage(state, { request, config, token });
    return { response, ...refusalOf(state) };
  },
});

/**
 * The button of the person's page. The person is named by the form's token and never by a cookie, so
 * that the button continues the verification of the person on the page.
 *
 * The attack that the same-origin check stops: a form on another site sends the token of somebody
 * else, and the visitor shows their own document for an account that is not theirs.
 */
export const continueVerify = defineRoute({
  method: "POST",
  path: PATH,
  summary: "The button of the person's page: redirects to Jumio, or shows the progress",
  authentication: PUBLIC,
  query: z.object({ lang: Lang }),
  form: z.object({ token: Token }),
  formOrigin: ({ config: { address: { publicUrl } } }: Context) =>
    publicUrl && new URL(publicUrl).origin,
  answers: [
    { status: 303, description: "To Jumio" },
    answerWithPage(200, "The progress: there is nothing to do at Jumio now"),
    TOO_MANY,
    ...LINK_REFUSED,
  ],
  answerRefusal: ({ refusal }, { request, services: { config } }) =>
    refusal === "cross_site" ? renderPersonPage("cross_site", { request, config }) : undefined,
  answerFailure: renderFailurePage,
  async handle({ request, body: { token } }, context: Context) {
    const person = await verifyPerson(token, context);
    if (!person.ok) return await refuseLink(person.reason, { request, context });
    return await continueFor(person.value, { request, token, context });
  },
});

async function verifyPerson(
  token: string,
  { config: { address: { link } }, now }: Context,
): Promise<{ ok: true; value: string } | { ok: false; reason: LinkRefusal }> {
  if (link === undefined) return { ok: false, reason: "link_invalid" };
  return await verifyLink(token, { keys: link.keys, now: now() });
}

async function refuseLink(
  reason: LinkRefusal,
  { request, context }: { request: Request; context: Context },
): Promise<RouteAnswer> {
  const { config, log } = context;
  log.info("Refused a link", { reason });
  const response = await renderPersonPage(reason, { request, config });
  return { response, outcome: "refused", reason };
}

async function continueFor(
  identityId: string,
  { request, token, context }: { request: Request; token: string; context: Context },
): Promise<RouteAnswer> {
  const { config, log } = context;
  const result = await continueVerification(identityId, {
    store: context.store,
    jobs: context.jobs,
    kratos: context.kratos,
    log,
    now: context.now,
    delay: context.delay,
    reconcileAfterMs: config.address.reconcileAfterMs,
    maxExecutions: config.jumio.maxExecutions,
    trace: context.telemetry.currentTrace(),
    locale: pickPersonLocale(request, config.address.publicUrl ?? ""),
  });
  const outcome = result.kind === "show" ? result.state : result.kind;
  log.info("A person continued their verification", { identityId, outcome });
  if (result.kind === "no_way") {
    log.error("Jumio gave no address for a browser", {
      identityId,
      cure: "Set a domain name prefix in Jumio's portal",
    });
  }
  if (result.kind === "go") {
    return {
      response: await redirectToJumio(result.href, { identityId, request, context }),
      outcome,
    };
  }
  const page = result.kind === "show" ? result.state : result.kind;
  const response = await renderPersonPage(page, { request, config, token });
  return { response, outcome, ...refusalOf(page) };
}

async function redirectToJumio(
  href: string,
  { identityId, request, context: { config, now } }: {
    identityId: string;
    request: Request;
    context: Context;
  },
): Promise<Response> {
  const { link, publicUrl = "" } = config.address;
  const headers = new Headers({
    "location": href,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
  });
  if (link !== undefined) {
    const token = await createVisit(identityId, { keys: link.keys, now: now() });
    const language = readChosenLanguage(request, publicUrl);
    headers.set("set-cookie", createVisitCookie({ token, language }, publicUrl));
  }
  return new Response(null, { status: 303, headers });
}
