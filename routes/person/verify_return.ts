import * as z from "zod";
import type { Context } from "../../lib/context.ts";
import { answerWithPage, PAGE_FAILURES } from "../../lib/http/openapi.ts";
import { defineRoute, PUBLIC } from "../../lib/http/route.ts";
import { verifyLink } from "../../lib/verification/link.ts";
import { type ProgressState, readProgress } from "../../lib/verification/progress.ts";
import type { Texts } from "../../locales/texts.ts";
import { pickTexts, refusalOf, renderFailurePage, renderPersonPage } from "./person_page.ts";
import { readVisitCookie, returnUrl } from "./_visit_cookie.ts";

/** Jumio's error codes, by the sentence that helps a person. */
const ERRORS: Readonly<Record<string, keyof Texts["errors"]>> = {
  "9100": "technical",
  "9200": "link",
  "9210": "time",
  "9300": "connection",
  "9400": "technical",
  "9800": "connection",
  "9801": "technical",
  "9810": "connection",
  "9820": "camera",
  "9821": "face",
  "9822": "camera",
  "9835": "attempts",
  "9836": "attempts",
};

/** Here the person has something to do that this page does not offer: it has no token. */
const UNFINISHED: readonly ProgressState[] = ["ready", "in_progress", "expired", "inconclusive"];

/**
 * Where Jumio sends the person back to. The page shows their progress, by a cookie that lives for ten
 * minutes and can start nothing.
 *
 * The person can change what Jumio adds to the address, so it is never shown and decides nothing. An
 * error code only picks one of our sentences, for a person who has not finished.
 */
export const verifyReturn = defineRoute({
  method: "GET",
  path: "/jumio/verify/return",
  summary: "Where Jumio sends the person back to: the progress of the verification",
  authentication: PUBLIC,
  query: z.object({ errorCode: z.optional(z.string()).describe("From Jumio, after an error") }),
  answers: [
    answerWithPage(200, "The progress, or that the window can be closed"),
    answerWithPage(410, "The account is gone"),
    answerWithPage(429, "Started too often today, or in all"),
    ...PAGE_FAILURES,
  ],
  answerFailure: renderFailurePage,
  async handle({ request, query: { errorCode } }, context: Context) {
    const { config, store, now } = context;
    const identityId = await readVisitor(request, context);
    if (identityId === undefined) {
      return { response: await renderPersonPage("returned", { request, config }) };
    }
    const { maxExecutions } = config.jumio;
    const { state } = await readProgress(store, { identityId, maxExecutions, now: now() });
    const response = await renderProgress(state, { request, errorCode, config });
    return { response, ...refusalOf(state) };
  },
});

/** Undefined without the cookie, as after a change of the device. */
async function readVisitor(
  { headers }: Request,
  { config: { address: { link, publicUrl = "" } }, now }: Context,
): Promise<string | undefined> {
  if (link === undefined) return undefined;
  const token = readVisitCookie(headers, publicUrl);
  if (token === undefined) return undefined;
  const visitor = await verifyLink(token, { keys: link.keys, now: now(), use: "visit" });
  return visitor.ok ? visitor.value : undefined;
}

async function renderProgress(
  state: ProgressState,
  { request, errorCode, config }: {
    request: Request;
    errorCode: string | undefined;
    config: Context["config"];
  },
): Promise<Response> {
  const { publicUrl = "" } = config.address;
  const page = { request, config, returnHref: returnUrl(publicUrl).href };
  if (!UNFINISHED.includes(state)) return await renderPersonPage(state, page);
  const texts = pickTexts(request);
  if (errorCode !== undefined) {
    const error = Object.hasOwn(ERRORS, errorCode) ? ERRORS[errorCode] : undefined;
    const text = error === undefined ? texts.interrupted.text : texts.errors[error];
    return await renderPersonPage("interrupted", { ...page, paragraphs: [text, texts.reopen] });
  }
  // Back from Jumio without an error: the callback will arrive soon.
  if (state === "in_progress") return await renderPersonPage("checking", page);
  const { text } = texts[state];
  return await renderPersonPage(state, { ...page, paragraphs: [text, texts.reopen] });
}
