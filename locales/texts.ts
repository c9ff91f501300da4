/** A page's words. `{brand}` stands for the operator's name, or for `neutralBrand`. */
export interface PageTexts {
  readonly title: string;
  readonly text: string;
  /** On the button or link of the next step, where there is one. */
  readonly action?: string;
}

/**
 * Everything that a person reads, in one language. A sentence says one thing that a person
 * understands, and no page names Jumio: to the person it is all one way.
 *
 * For another language, copy `en.ts`, translate it, and name it in `mod.ts`. The compiler tells what
 * is missing.
 */
export interface Texts {
  /** For the middle of a sentence, where the operator has set no `BRAND_NAME`. */
  readonly neutralBrand: string;
  /** At the top of every page, where there is no brand. */
  readonly heading: string;
  readonly support: string;
  /** On pages that renew themselves. */
  readonly refreshes: string;
  readonly refreshNow: string;
  /** Beside every button that begins a verification: the document speaks for the account's owner. */
  readonly caution: string;

  /** Where a person stands. */
  readonly ready: PageTexts & { readonly action: string };
  readonly preparing: PageTexts;
  readonly "in_progress": PageTexts & { readonly action: string };
  readonly checking: PageTexts;
  readonly verified: PageTexts;
  readonly review: PageTexts;
  readonly rejected: PageTexts;
  readonly expired: PageTexts & { readonly action: string };
  readonly inconclusive: PageTexts & { readonly action: string };
  readonly gone: PageTexts;

  /** What is wrong, and what to do. */
  readonly "link_invalid": PageTexts;
  readonly "link_expired": PageTexts;
  readonly "cross_site": PageTexts;
  readonly "too_many": PageTexts;
  readonly later: PageTexts & { readonly action: string };
  readonly "no_way": PageTexts;
  readonly unavailable: PageTexts & { readonly action: string };

  /** After the way back, in a window that shows only how it went. */
  readonly returned: PageTexts;
  readonly interrupted: PageTexts;
  readonly reopen: string;
  /** What went wrong on the way, by the kind of Jumio's error code. */
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
