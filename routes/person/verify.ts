import * as z from "zod";
import { readBody } from "../../lib/http/body.ts";
import type { Config } from "../../lib/config/config.ts";
import type { Context } from "../../lib/context.ts";
import { createVisit, type LinkRefusal, verifyLink } from "../../lib/verification/link.ts";
import { answerWithPage, type Operation, PAGE_FAILURES } from "../../lib/http/openapi.ts";
import { continueVerification } from "../../lib/verification/continue.ts";
import { refuse } from "../../lib/http/refusal.ts";
import { readProgress } from "../../lib/verification/progress.ts";
import { languageOf, renderPersonPage } from "./_page.ts";
import { createVisitCookie } from "./_visit_cookie.ts";

/** A token has some 300 characters. */
const MAX_FORM_BYTES = 4096;

/** What the button sends. From the form and never from a cookie: a continueVerification is for the page's person. */
const PressForm = z.object({ token: z.string() });

/**
 * The person's page: where my verification stands, and a button that leads on.
 *
 * A GET reads our own record and does nothing else, so that a mail scanner that opens links starts
 * nothing. Whose record it is, only a token tells that was verified before anything is looked up.
 */
export async function jumioVerify(request: Request, context: Context): Promise<Response> {
  return request.method === "POST" ? await follow(request, context) : await show(request, context);
}

async function show(request: Request, context: Context): Promise<Response> {
  const { config, store, now } = context;
  const token = new URL(request.url).searchParams.get("token") ?? "";
  const person = await readPerson(token, context);
  if (!person.ok) return await renderPersonPage(person.reason, { request, config });
  const { state } = await readProgress(store, { identityId: person.value, now: now() });
  return await renderPersonPage(state, { request, config, token });
}

async function follow(request: Request, context: Context): Promise<Response> {
  const { config, log } = context;
  // A form on another site could send somebody else's token: its owner must not show a document for
  // an account that is not theirs.
  if (!isFromOurPage(request.headers, config)) {
    log.info("Refused a press", { reason: "foreign_press" });
    return await renderPersonPage("foreign_press", { request, config });
  }
  const contentType = "application/x-www-form-urlencoded";
  const body = await readBody(request, { contentType, maxBytes: MAX_FORM_BYTES });
  if (!body.ok) {
    log.info("Refused a press", { reason: body.reason });
    return refuse(body.reason);
  }
  const form = new URLSearchParams(new TextDecoder().decode(body.value));
  const token = PressForm.safeParse(Object.fromEntries(form)).data?.token ?? "";
  const person = await readPerson(token, context);
  if (!person.ok) return await renderPersonPage(person.reason, { request, config });

  const locale = languageOf(request);
  const outcome = await continueVerification(person.value, {
    store: context.store,
    jobs: context.jobs,
    kratos: context.kratos,
    now: context.now,
    delay: context.delay,
    reconcileAfterMs: config.reconcileAfterMs,
    trace: context.telemetry.currentTrace(),
    locale,
  });
  log.info("A person wants to go on", {
    identityId: person.value,
    outcome: outcome.kind === "show" ? outcome.state : outcome.kind,
  });
  if (outcome.kind === "no_way") {
    log.error("Jumio gave no address for a browser", {
      identityId: person.value,
      cure: "Set a domain name prefix in Jumio's portal",
    });
  }
  if (outcome.kind === "show") {
    return await renderPersonPage(outcome.state, { request, config, token });
  }
  if (outcome.kind !== "go") {
    return await renderPersonPage(outcome.kind, { request, config, token });
  }
  return await sendToJumio(person.value, { href: outcome.href, context });
}

async function readPerson(
  token: string,
  { config: { link, publicUrl }, now, log }: Context,
): Promise<{ ok: true; value: string } | { ok: false; reason: LinkRefusal }> {
  if (link === undefined || publicUrl === undefined) return { ok: false, reason: "link_invalid" };
  const person = await verifyLink(token, { keys: link.keys, publicUrl, now: now() });
  if (!person.ok) log.info("Refused a link", { reason: person.reason });
  return person;
}

/** By the browser's own word, which no page can forge: where the form was that sent this. */
function isFromOurPage(headers: Headers, { publicUrl }: Config): boolean {
  if (headers.get("sec-fetch-site") === "same-origin") return true;
  return publicUrl !== undefined && headers.get("origin") === new URL(publicUrl).origin;
}

async function sendToJumio(
  identityId: string,
  { href, context: { config: { link, publicUrl = "" }, now } }: { href: string; context: Context },
): Promise<Response> {
  const headers = new Headers({
    "location": href,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
  });
  if (link !== undefined) {
    const visit = await createVisit(identityId, { keys: link.keys, publicUrl, now: now() });
    headers.set("set-cookie", createVisitCookie(visit, publicUrl));
  }
  return new Response(null, { status: 303, headers });
}

/** For `GET /openapi.json`. */
export function describeVerify(): { GET: Operation; POST: Operation } {
  const refused = [
    answerWithPage(403, "The link does not work"),
    answerWithPage(410, "The link has ended"),
    ...PAGE_FAILURES,
  ];
  return {
    GET: {
      summary: "The person's page: where the verification stands, and a button that leads on",
      parameters: [{
        name: "token",
        in: "query",
        description: "The signed token of the person's link",
        schema: z.string(),
      }],
      answers: [answerWithPage(200, "Where it stands"), ...refused],
    },
    POST: {
      summary:
        "The person's continueVerification on the button: leads to Jumio, or says where they stand",
      form: PressForm,
      answers: [
        { status: 303, description: "The way to Jumio" },
        answerWithPage(200, "Where it stands: there is no way to Jumio now"),
        answerWithPage(429, "Started too often today"),
        ...refused,
      ],
      refusals: ["content_type", "body_too_large", "body_stalled", "body_broken"],
    },
  };
}
