/** What may follow what on an identity. A test holds `docs/architecture.md` to it. */
export const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  "none": ["pending", "verified", "review", "rejected", "expired"],
  "pending": ["pending", "verified", "review", "rejected", "expired"],
  "expired": ["expired", "pending", "verified", "review", "rejected"],
  "verified": ["verified"],
  "review": ["review"],
  "rejected": ["rejected"],
};

/** And what an operator may make of it: a new execution, or a review's settlement. */
export const OPERATED_TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  ...TRANSITIONS,
  "review": ["review", "verified", "rejected", "pending", "expired"],
  "rejected": ["rejected", "pending", "verified", "review", "expired"],
};
