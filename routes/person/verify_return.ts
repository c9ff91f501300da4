import type { Context } from "../../lib/context.ts";
import { verifyLink } from "../../lib/verification/link.ts";
import { answerWithPage, type Operation, PAGE_FAILURES } from "../../lib/http/openapi.ts";
import { type ProgressState, readProgress } from "../../lib/verification/progress.ts";
import type { Texts } from "../../locales/texts.ts";
import { renderPersonPage, textsOf } from "./_page.ts";
import { returnUrl, VISIT_COOKIE } from "./_visit_cookie.ts";

/** Jumio's error codes, by what a person can do about them. */
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

/** Where the person has to do something, which this page cannot. */
const UNFINISHED: readonly ProgressState[] = ["ready", "in_progress", "expired", "inconclusive"];

/**
 * Where Jumio sends the person afterwards. It shows where they stand, by a cookie of ten minutes
 * that can start nothing.
 *
 * What Jumio adds to the address is the browser's to change: it is shown to nobody and decides
 * nothing. An error code picks a sentence of ours, and only for who has not finished.
 */
export async function jumioVerifyReturn(request: Request, context: Context): Promise<Response> {
  const { config, store, now } = context;
  const identityId = await readVisitor(request, context);
  const { publicUrl } = config;
  if (identityId === undefined || publicUrl === undefined) {
    return await renderPersonPage("returned", { request, config });
  }

  const { state } = await readProgress(store, { identityId, now: now() });
  const page = { request, config, returnHref: returnUrl(publicUrl).href };
  if (!UNFINISHED.includes(state)) return await renderPersonPage(state, page);
  const texts = textsOf(request);
  const code = new URL(request.url).searchParams.get("errorCode");
  if (code !== null) {
    const error = Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined;
    const text = error === undefined ? texts.interrupted.text : texts.errors[error];
    return await renderPersonPage("interrupted", { ...page, paragraphs: [text, texts.reopen] });
  }
  // Back from Jumio without an error, and the callback is on its way.
  if (state === "in_progress") return await renderPersonPage("checking", page);
  const { text } = texts[state];
  return await renderPersonPage(state, { ...page, paragraphs: [text, texts.reopen] });
}

/** For `GET /openapi.json`. */
export function describeVerifyReturn(): { GET: Operation } {
  return {
    GET: {
      summary: "Where Jumio sends the person afterwards: where the verification stands",
      answers: [
        answerWithPage(200, "Where it stands, or that the window can be closed"),
        answerWithPage(410, "The account is no more"),
        ...PAGE_FAILURES,
      ],
    },
  };
}

/** Whose visit it was. Undefined without the cookie, as after a change to the phone. */
async function readVisitor(
  request: Request,
  { config: { link, publicUrl }, now }: Context,
): Promise<string | undefined> {
  if (link === undefined || publicUrl === undefined) return undefined;
  const cookies = (request.headers.get("cookie") ?? "").split(/;\s*/);
  const cookie = cookies.find((pair) => pair.startsWith(`${VISIT_COOKIE}=`));
  if (cookie === undefined) return undefined;
  const token = cookie.slice(VISIT_COOKIE.length + 1);
  const visitor = await verifyLink(token, { keys: link.keys, publicUrl, now: now(), use: "visit" });
  return visitor.ok ? visitor.value : undefined;
}
