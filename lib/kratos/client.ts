import * as z from "zod";
import { UpstreamError } from "../upstream/error.ts";
import type { Secret } from "../crypto/secret.ts";
import type { CallUpstream, UpstreamAnswer } from "../upstream/call.ts";
import { USER_AGENT } from "../upstream/user_agent.ts";

/** `metadata_public.jumio`: what the identity says of its verification. */
export interface JumioMetadata {
  /** Where the verification stands. */
  "status": string;
  /** What was concluded, once it was. */
  "verdict"?: string | null | undefined;
  /** Jumio's, of the person. */
  "account_id"?: string | null | undefined;
  /** Jumio's newest execution for the person. */
  "workflow_execution_id"?: string | null | undefined;
  /** The person's link. */
  "verification_url"?: string | null | undefined;
  /** When the newest execution was started. */
  "initiated_at"?: string | null | undefined;
  /** When the verdict was read. */
  "decided_at"?: string | null | undefined;
}

const OurMetadata = z.object({
  "status": z.string(),
  "verdict": z.nullish(z.string()),
  "account_id": z.nullish(z.guid()),
  "workflow_execution_id": z.nullish(z.guid()),
  "verification_url": z.nullish(z.string()),
  "initiated_at": z.nullish(z.string()),
  "decided_at": z.nullish(z.string()),
});

/** Of an identity only this is read. Its traits are dropped before anything else sees them. */
const IdentityResponse = z.object({
  "id": z.guid(),
  "metadata_public": z.optional(z.unknown()),
});

const MetadataPublic = z.object({ jumio: z.optional(z.unknown()) });

/** The part of Kratos's admin API that we use. Every call may throw an {@linkcode UpstreamError}. */
export interface Kratos {
  /** The identity's `jumio` metadata, null where there is none that we wrote; undefined without the identity. */
  getJumioMetadata(identityId: string): Promise<JumioMetadata | null | undefined>;
  /** Puts the `jumio` metadata in place, and touches no other key. False without the identity. */
  patchJumioMetadata(identityId: string, metadata: JumioMetadata): Promise<boolean>;
  /** Ends the person's sessions. */
  deleteSessions(identityId: string): Promise<void>;
}

/** Creates the client. */
export function createKratos(
  { adminUrl, apiKey, call }: { adminUrl: URL; apiKey: Secret | undefined; call: CallUpstream },
): Kratos {
  const headers = adminHeaders(apiKey);

  function identityUrl(identityId: string, suffix = ""): URL {
    return new URL(`admin/identities/${identityId}${suffix}`, adminUrl);
  }

  return {
    async getJumioMetadata(identityId) {
      const action = "read an identity";
      const url = identityUrl(identityId);
      const answer = await call({ upstream: "kratos", action, method: "GET", url, headers });
      if (answer.status === 404) return undefined;
      return readMetadata(answer, action);
    },

    async patchJumioMetadata(identityId, metadata) {
      const action = "patch an identity";
      const answer = await call({
        upstream: "kratos",
        action,
        method: "PATCH",
        url: identityUrl(identityId),
        headers: { ...headers, "content-type": "application/json" },
        // Kratos makes an `add` of a `replace` where there is nothing yet, parents included.
        body: JSON.stringify([{ op: "replace", path: "/metadata_public/jumio", value: metadata }]),
      });
      if (answer.status === 404) return false;
      readMetadata(answer, action);
      return true;
    },

    async deleteSessions(identityId) {
      const action = "delete the sessions of an identity";
      const url = identityUrl(identityId, "/sessions");
      const answer = await call({ upstream: "kratos", action, method: "DELETE", url, headers });
      const { status, retryAfterMs } = answer;
      // 404: there was no session to end.
      if (status !== 204 && status !== 404) {
        throw new UpstreamError("kratos", "status", { action, status, retryAfterMs });
      }
    },
  };
}

/** The headers of every call of the admin API. */
export function adminHeaders(apiKey: Secret | undefined): Readonly<Record<string, string>> {
  return {
    "accept": "application/json",
    "user-agent": USER_AGENT,
    ...(apiKey === undefined ? {} : { "authorization": `Bearer ${apiKey.reveal()}` }),
  };
}

/**
 * A refusal in the one form of which Kratos shows the text to the person: messages inside messages.
 * `id` is an integer of ours; Kratos does not decode a string.
 */
export function kratosRefusal(
  { status, messageId, text }: { status: 400 | 403; messageId: number; text: string },
): Response {
  const message = { id: messageId, text, type: "error" };
  return Response.json({ messages: [{ "instance_ptr": "#/", "messages": [message] }] }, { status });
}

function readMetadata(answer: UpstreamAnswer, action: string): JumioMetadata | null {
  const { status, json, retryAfterMs } = answer;
  if (status !== 200) throw new UpstreamError("kratos", "status", { action, status, retryAfterMs });
  const identity = IdentityResponse.safeParse(json);
  if (!identity.success) {
    throw new UpstreamError("kratos", "malformed", { action, status, cause: identity.error });
  }
  const metadata = MetadataPublic.safeParse(identity.data["metadata_public"]);
  return parseJumioMetadata(metadata.data?.jumio);
}

/** `metadata_public.jumio` in our own form; null for anything else. */
export function parseJumioMetadata(jumio: unknown): JumioMetadata | null {
  return OurMetadata.safeParse(jumio).data ?? null;
}
