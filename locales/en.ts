import type { Texts } from "./texts.ts";

/** English. */
export const en: Texts = {
  neutralBrand: "this service",
  heading: "Identity verification",
  support: "Contact support",
  back: "Back to {brand}",
  refreshes: "This page updates by itself.",
  refreshNow: "Update now",
  languages: "Language",
  caution:
    "Go on only if you opened your account with {brand} yourself. If somebody sent you this " +
    "link, close this page: the document that you show speaks for the owner of the account.",

  ready: {
    title: "Verify your identity",
    text: "You need your identity document and a phone or computer with a camera. It takes a few " +
      "minutes.",
    action: "Start now",
  },
  preparing: {
    title: "We are preparing your verification",
    text: "This takes a moment. You can wait here, or open this link again later.",
  },
  "in_progress": {
    title: "Your verification is under way",
    text:
      "If you were interrupted, you can go on. If you have finished, there is nothing more to " +
      "do: the result will appear here.",
    action: "Go on",
  },
  checking: {
    title: "We are checking your details",
    text: "This usually takes a few minutes. You can close this page and come back later.",
  },
  "needs_support": {
    title: "This takes longer than usual",
    text: "Nothing that you sent is lost, but we could not finish your verification yet. Please " +
      "contact the support of {brand}.",
  },
  verified: {
    title: "You are verified",
    text: "Thank you. There is nothing more to do, and you can close this page.",
  },
  review: {
    title: "We are taking a closer look",
    text: "Your verification is being reviewed. There is nothing for you to do now.",
  },
  rejected: {
    title: "We could not verify your identity",
    text: "If you think that this is a mistake, please contact the support of {brand}.",
  },
  expired: {
    title: "The time ran out",
    text:
      "Your verification was not finished in time, or it is not valid any more. You can start again " +
      "whenever you have your document at hand.",
    action: "Start again",
  },
  inconclusive: {
    title: "The check could not be completed",
    text: "This was a technical problem, and does not count against you. Please try once more.",
    action: "Try again",
  },
  gone: {
    title: "This account does not exist any more",
    text: "There is nothing left to verify. You can close this page.",
  },

  signIn: {
    rejected: "Your identity could not be verified, so you cannot sign in. " +
      "If you think that this is a mistake, please contact support.",
    review: "Your identity is still being reviewed. You can sign in once that is done.",
    expired: "Your identity verification was not finished in time, or it is not valid any more. " +
      "Please start it again; then you can sign in.",
    pending:
      "Your identity is not verified yet. Please finish the verification; then you can sign in.",
    none:
      "Your identity is not verified yet. Please go through the verification; then you can sign " +
      "in.",
    withLink: "Your link:",
    withoutLink: "Use the link that you were given, or contact support.",
  },

  "link_invalid": {
    title: "This link does not work",
    text: "Please open the whole link, just as you were given it. If that does not help, sign in " +
      "to {brand} to get a new one.",
  },
  "link_expired": {
    title: "This link is too old",
    text: "Please sign in to {brand} to get a new one.",
  },
  "cross_site": {
    title: "Please open your link again",
    text: "For your safety, a verification starts only from its own page.",
  },
  "too_many": {
    title: "No more tries today",
    text: "You have started several times today. Please contact the support of {brand}, or open " +
      "this link again tomorrow.",
  },
  "limit_reached": {
    title: "No more tries",
    text:
      "You have started very often. Please contact the support of {brand}: they can let you try " +
      "again.",
  },
  later: {
    title: "Please try again in a minute",
    text:
      "The verification cannot be reached at the moment. Your request is kept, and nothing is " +
      "lost.",
    action: "Try again",
  },
  "no_way": {
    title: "The verification cannot be opened",
    text: "This is our mistake. Please contact the support of {brand}.",
  },
  unavailable: {
    title: "We cannot tell just now",
    text: "Please try again in a minute. Nothing is lost.",
    action: "Try again",
  },

  returned: {
    title: "You can close this window",
    text: "If you began on another device, please go on there. Your link always shows where your " +
      "verification stands.",
  },
  interrupted: {
    title: "Your verification was interrupted",
    text: "Something got in the way.",
  },
  reopen: "To go on, open your link again.",
  errors: {
    camera: "No camera could be used. Allow the use of the camera, or take another device.",
    face: "Your face could not be captured. Good light from the front helps.",
    time: "The time ran out before you had finished.",
    link: "The way to the verification was no longer open.",
    attempts: "All attempts were used.",
    connection: "The connection was lost.",
    technical: "There was a technical problem, which does not count against you.",
  },
};
