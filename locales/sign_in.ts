/**
 * The text of a refused sign-in, by the status that refuses it. Only in English, because Kratos's
 * hook does not tell the language. A front end can translate by the message's `id`.
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
  /** After the last three texts: before the person's own link, or if there is none. */
  withLink: "Your link:",
  withoutLink: "Use the link that you were given, or contact support.",
} as const;
