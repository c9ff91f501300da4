import * as z from "zod";
import type { Context } from "../lib/context.ts";
import { verifyLink } from "../lib/link.ts";
import { Html, type Operation, WITHOUT_KV } from "../lib/operation.ts";
import { renderPage } from "../lib/page.ts";
import {
  type ExecutionLink,
  executionLinkKey,
  type Verification,
  verificationKey,
} from "../lib/verifications.ts";

const TEXTS: Readonly<Record<Verification["status"], { title: string; text: string }>> = {
  pending: {
    title: "Your verification is being prepared",
    text: "Please open this link again in a minute.",
  },
  verified: { title: "You are verified", text: "There is nothing more to do." },
  review: {
    title: "Your documents are being reviewed",
    text: "There is nothing more to do for now.",
  },
  rejected: {
    title: "Your identity could not be verified",
    text: "If you think that this is a mistake, please contact support.",
  },
  expired: {
    title: "The time for your verification ran out",
    text: "Please contact support to start again.",
  },
};

/** The person's page: where my verification stands, and the way to Jumio while there is one. */
export async function jumioVerify(
  request: Request,
  { config: { link, publicUrl }, store, now, log }: Context,
): Promise<Response> {
  const token = new URL(request.url).searchParams.get("token");
  if (link === undefined || publicUrl === undefined || token === null) {
    return renderPage({
      status: 403,
      title: "This link does not work",
      text: "Please use the link that you were given, as a whole.",
    });
  }
  const person = await verifyLink(token, { keys: link.keys, publicUrl, now: now() });
  if (!person.ok) {
    log.info("Refused a link", { reason: person.reason });
    const isExpired = person.reason === "link_expired";
    return renderPage({
      status: isExpired ? 410 : 403,
      title: isExpired ? "This link has ended" : "This link does not work",
      text: "Please sign in, or contact support, to get a new one.",
    });
  }
  const verification = await store.get<Verification>(verificationKey(person.value));
  const { status = "pending", workflowExecutionId = null } = verification.value ?? {};
  const live = status === "pending" && workflowExecutionId !== null
    ? await store.get<ExecutionLink>(executionLinkKey(workflowExecutionId))
    : undefined;
  if (live?.value && live.value.expiresAt > now()) {
    return renderPage({
      status: 200,
      title: "Verify your identity",
      text:
        "Have your identity document at hand. Go on only if you opened this account yourself; " +
        "if somebody sent you this link, close this page.",
      action: { href: live.value.href, label: "Go to the verification" },
    });
  }
  return renderPage({ status: 200, ...TEXTS[status] });
}

/** For `GET /openapi.json`. */
export function describeVerify(): { GET: Operation } {
  const page = { type: "text/html; charset=utf-8", schema: Html };
  return {
    GET: {
      summary: "The person's page: where the verification stands, and the way to Jumio",
      parameters: [{
        name: "token",
        in: "query",
        description: "The signed token of the person's link",
        schema: z.string(),
      }],
      answers: [
        { status: 200, description: "Where it stands", ...page },
        { status: 403, description: "The link does not work", ...page },
        { status: 410, description: "The link has ended", ...page },
        WITHOUT_KV,
      ],
    },
  };
}
