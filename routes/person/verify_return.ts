// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Context } from "../../lib/context.ts";
import { answerWithPage, PAGE_FAILURES } from "../../lib/http/openapi.ts";
import { defineRoute, PUBLIC } from "../../lib/http/route.ts";
import { verifyLink } from "../../lib/verification/link.ts";
import { type ProgressState, readProgress } from "../../lib/verification/progress.ts";
import type { Texts } from "../../locales/texts.ts";
import { refusalOf, renderFailurePage, renderPersonPage } from "./person_page.ts";
import { Lang, loadLanguage } from "./_language.ts";
import { readVisitCookie } from "./_visit_cookie.ts";

/** Chooses a sentence for a person whose visit to Jumio ended with an error. */
type ErrorKind = keyof Texts["errors"] | "unknown";

/** Jumio's error codes, by the sentence that helps a person. */
const ERRORS: Readonly<Record<string, ErrorKind>> = {
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
 * Where Jumio sends the person back to. The page shows their progress, by a cookie that lives for half
 * an hour and can start nothing.
 *
 * The person can change what Jumio adds to the address, so it is never shown and decides nothing. An
 * error code only picks one of our sentences, for a person who has not finished.
 */
export const verifyReturn = defineRoute({
  method: "GET",
  path: "/jumio/verify/return",
  summary: "Where Jumio sends the person back to: the progress of the verification",
  authentication: PUBLIC,
  query: z.object({
    errorCode: z.optional(z.string()).describe("From Jumio, after an error"),
    error: z.optional(z.string()).describe(
      "What the code says, in the addresses of other languages",
    ),
    lang: Lang,
  }),
  answers: [
    answerWithPage(200, "The progress, or that the window can be closed"),
    answerWithPage(410, "The account is gone"),
    answerWithPage(429, "Started too often today, or in all"),
    ...PAGE_FAILURES,
  ],
  answerFailure: renderFailurePage,
  async handle({ request, query }, context: Context) {
    const { config, store, now } = context;
    const returnHref = `${config.address.publicUrl ?? ""}/jumio/verify/return`;
    const identityId = await readVisitor(request, context);
    if (identityId === undefined) {
      return { response: await renderPersonPage("returned", { request, config, returnHref }) };
    }
    const { maxExecutions } = config.jumio;
    const { state } = await readProgress(store, { identityId, maxExecutions, now: now() });
    const error = readError(query);
    const response = await renderProgress(state, { request, returnHref, error, config });
    return { response, ...refusalOf(state) };
  },
});

/** Undefined without the cookie, as after a change of the device. */
async function readVisitor(
  { headers }: Request,
  { config: { address: { link, publicUrl = "" } }, now }: Context,
): Promise<string | undefined> {
  if (link === undefined) return undefined;
  const visit = readVisitCookie(headers, publicUrl);
  if (visit === undefined) return undefined;
  const visitor = await verifyLink(visit.token, { keys: link.keys, now: now(), use: "visit" });
  return visitor.ok ? visitor.value : undefined;
}

function readError(
  { errorCode, error = errorCode }: {
    errorCode?: string | undefined;
    error?: string | undefined;
  },
): ErrorKind | undefined {
  if (error === undefined) return undefined;
  if (errorCode !== undefined && Object.hasOwn(ERRORS, errorCode)) return ERRORS[errorCode];
  return Object.values(ERRORS).find((kind) => kind === error) ?? "unknown";
}

async function renderProgress(
  state: ProgressState,
  { error, ...page }: {
    request: Request;
    returnHref: string;
    error: ErrorKind | undefined;
    config: Context["config"];
  },
): Promise<Response> {
  if (!UNFINISHED.includes(state)) return await renderPersonPage(state, page);
  const { publicUrl = "" } = page.config.address;
  const { texts } = await loadLanguage(page.request, publicUrl);
  if (error !== undefined) {
    const text = error === "unknown" ? texts.interrupted.text : texts.errors[error];
    return await renderPersonPage("interrupted", {
      ...page,
      // The page is the same in another language.
      returnHref: `${page.returnHref}?error=${error}`,
      paragraphs: [text, texts.reopen],
    });
  }
  // Back from Jumio without an error: the callback will arrive soon.
  if (state === "in_progress") return await renderPersonPage("checking", page);
  const { text } = texts[state];
  return await renderPersonPage(state, { ...page, paragraphs: [text, texts.reopen] });
}
