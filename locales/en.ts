// SPDX-License-Identifier: Apache-2.0
import type { Texts } from "./texts.ts";

/** English. */
export const en: Texts = {
  neutralBrand: "this service",
  heading: "Identity verification",
  support: "Contact support",
  privacy: "Privacy notice",
  back: "Back to {brand}",
  refreshes: "This page updates by itself.",
  refreshNow: "Update now",
  languages: "Language",
  pressed: "One moment…",
  caution: "Continue only if this is your own account with {brand}; otherwise you would be " +
    "verifying somebody else’s account with your document.",
  steps: {
    document: "Take a photo of your document.",
    face: "Show your face to the camera.",
    check: "Our partner Jumio checks both. The next page is on jumio.ai.",
  },
  otherDevice: "You can also open this link on your phone.",

  ready: {
    title: "Verify your identity",
    text: "Have your identity card or passport ready. It takes a few minutes.",
    action: "Start now",
  },
  preparing: {
    title: "We are preparing your verification",
    text: "This takes a moment. You can wait here, or open this link again later.",
  },
  "in_progress": {
    title: "Your verification is under way",
    text:
      "If you were interrupted, you can continue. Finished? Then there is nothing more to do; " +
      "the result appears here.",
    action: "Continue",
  },
  checking: {
    title: "We are checking your details",
    text: "This usually takes a few minutes. You can close this page and come back later.",
  },
  "needs_support": {
    title: "This is taking longer than usual",
    text: "Nothing that you sent is lost, but we could not finish your verification yet. Please " +
      "contact our support team.",
  },
  verified: {
    title: "You are verified",
    text: "Thank you. There is nothing more to do, and you can close this page.",
  },
  review: {
    title: "We are taking a closer look",
    text:
      "A member of our staff is reviewing your verification. There is nothing you need to do now.",
  },
  rejected: {
    title: "We could not verify your identity",
    text: "If you think that this is a mistake, please contact our support team.",
  },
  expired: {
    title: "Please start your verification again",
    text: "Your last verification was not finished in time, or it is no longer valid. Have your " +
      "identity card or passport ready.",
    action: "Start again",
  },
  inconclusive: {
    title: "The check could not be completed",
    text: "This was a technical problem. It has no effect on your result. Please try again.",
    action: "Try again",
  },
  gone: {
    title: "This account no longer exists",
    text: "There is nothing left to verify. You can close this page.",
  },

  signIn: {
    rejected: "Your identity could not be verified, so you cannot sign in. " +
      "If you think that this is a mistake, please contact support.",
    review: "Your identity is still being reviewed. You can sign in once that is done.",
    expired: "Your identity verification was not finished in time, or it is no longer valid. " +
      "Please start it again; then you can sign in.",
    pending:
      "Your identity is not verified yet. Please finish the verification; then you can sign in.",
    none: "Your identity is not verified yet. Please verify it; then you can sign in.",
    withLink: "Your link:",
    withoutLink: "Use the link that you were given, or contact support.",
  },

  "link_invalid": {
    title: "This link does not work",
    text:
      "Please open the whole link, just as you received it. If that does not help, sign in to " +
      "{brand} to get a new one.",
  },
  "link_expired": {
    title: "This link has expired",
    text: "Please sign in to {brand} to get a new one.",
  },
  "cross_site": {
    title: "Please open your link again",
    text: "For your safety, you can start only on the page that your link opens.",
  },
  "too_many": {
    title: "No more attempts for now",
    text: "You have started several times today. Please try again in {hours}, or contact our " +
      "support team.",
  },
  "limit_reached": {
    title: "No more attempts",
    text:
      "You have started many times. Please contact our support team; they can let you try again.",
  },
  later: {
    title: "Please try again in a minute",
    text: "The check is not available right now. Nothing is lost.",
    action: "Try again",
  },
  "no_way": {
    title: "The verification cannot be opened",
    text: "This is our mistake. Please contact our support team.",
  },
  unavailable: {
    title: "We cannot show your verification right now",
    text: "Please try again in a minute. Nothing is lost.",
    action: "Try again",
  },

  returned: {
    title: "You can close this window",
    text:
      "If you began on another device, please continue there. Your link always shows the current " +
      "status of your verification.",
  },
  interrupted: {
    title: "Your verification was interrupted",
    text: "You left before the check was finished.",
  },
  reopen: "To continue, open your link again.",
  errors: {
    camera: "The camera could not be used. Allow access to the camera, or use another device.",
    face: "Your face could not be captured. Good light from the front helps.",
    time: "The time ran out before you had finished.",
    link: "Your link to the check had expired.",
    attempts: "All attempts were used.",
    connection: "The connection was lost.",
    technical: "There was a technical problem. It has no effect on your result.",
  },
};
