// SPDX-License-Identifier: Apache-2.0
/** The texts of a page. `{brand}` is replaced by the name of the brand, or by `neutralBrand`. */
export interface PageTexts {
  readonly title: string;
  readonly text: string;
  /** On the button or link of the next step, where there is one. */
  readonly action?: string;
}

/**
 * Every text for people, in one language. Only `steps` names Jumio. "We" is the brand.
 *
 * For another language, copy `en.ts`, translate it, and name it in `mod.ts`. The compiler
 * names what is missing.
 */
export interface Texts {
  /** Used within a sentence if `BRAND_NAME` is not set. */
  readonly neutralBrand: string;
  /** At the top of every page if `BRAND_NAME` is not set. */
  readonly heading: string;
  readonly support: string;
  /** On the link to the privacy notice, if `PRIVACY_URL` is set. */
  readonly privacy: string;
  /** On the button that leads back to the app, if `APP_URL` is set. */
  readonly back: string;
  /** On pages that refresh themselves. */
  readonly refreshes: string;
  readonly refreshNow: string;
  /** Names the choice of a language for a screen reader. */
  readonly languages: string;
  /** On a button that was pressed, until the next page is there. */
  readonly pressed: string;
  /**
   * One sentence below every button that starts a verification. It protects people from links sent by
   * others.
   */
  readonly caution: string;
  /** What happens after a press of the button. */
  readonly steps: {
    readonly document: string;
    readonly face: string;
    /** Who checks, and where the next page is. People must learn it before they send anything. */
    readonly check: string;
  };
  /** For people at a computer. */
  readonly otherDevice: string;

  /** Progress. */
  readonly ready: PageTexts & { readonly action: string };
  readonly preparing: PageTexts;
  readonly "in_progress": PageTexts & { readonly action: string };
  readonly checking: PageTexts;
  readonly "needs_support": PageTexts;
  readonly verified: PageTexts;
  readonly review: PageTexts;
  readonly rejected: PageTexts;
  readonly expired: PageTexts & { readonly action: string };
  readonly inconclusive: PageTexts & { readonly action: string };
  readonly gone: PageTexts;

  /** What Kratos shows if it refuses a sign-in or recovery, by the status that refuses it. */
  readonly signIn: {
    readonly rejected: string;
    readonly review: string;
    readonly expired: string;
    readonly pending: string;
    /** For a verification that was never started. */
    readonly none: string;
    /** After `expired`, `pending` and `none`, before the person's own link. */
    readonly withLink: string;
    /** After the same three if there is no link. */
    readonly withoutLink: string;
  };

  /** Errors, and what to do. */
  readonly "link_invalid": PageTexts;
  readonly "link_expired": PageTexts;
  readonly "cross_site": PageTexts;
  /** `{hours}` is replaced by a number of hours, such as "24 hours". */
  readonly "too_many": PageTexts;
  /** After too many tries in all. Only support can allow more. */
  readonly "limit_reached": PageTexts;
  readonly later: PageTexts & { readonly action: string };
  readonly "no_way": PageTexts;
  readonly unavailable: PageTexts & { readonly action: string };

  /** On the return page, after the visit to Jumio. */
  readonly returned: PageTexts;
  readonly interrupted: PageTexts;
  readonly reopen: string;
  /** Errors at Jumio, by the kind of Jumio's error code. */
  readonly errors: {
    readonly camera: string;
    readonly face: string;
    readonly time: string;
    readonly link: string;
    readonly attempts: string;
    readonly connection: string;
    readonly technical: string;
  };
}
