/**
 * What a person reads at a sign-in that is refused, by the status that refuses it. English alone:
 * Kratos's hook tells us no language. A front end can translate by the message's `id`.
 */
export const SIGN_IN_TEXTS = {
  rejected: "Your identity could not be verified, so you cannot sign in. " +
    "If you think that this is a mistake, please contact support.",
  review: "Your identity is still being reviewed. You can sign in once that is done.",
  expired: "Your identity verification was not finished in time. Please start it again; then you " +
    "can sign in.",
  pending:
    "Your identity is not verified yet. Please finish the verification; then you can sign in.",
  none:
    "Your identity is not verified yet. Please go through the verification; then you can sign in.",
  /** After the last three: before the person's own link, or where there is none of ours. */
  withLink: "Your link:",
  withoutLink: "Use the link that you were given, or contact support.",
} as const;
