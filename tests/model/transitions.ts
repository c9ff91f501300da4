/** Which status may follow which on an identity. A test compares `docs/architecture.md` with it. */
export const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  "none": ["pending", "verified", "review", "rejected", "expired"],
  "pending": ["pending", "verified", "review", "rejected", "expired"],
  "expired": ["expired", "pending", "verified", "review", "rejected"],
  "verified": ["verified", "review", "rejected", "expired", "pending"],
  "review": ["review", "rejected"],
  "rejected": ["rejected"],
};

/** After an operator's restart, decision or erasure. */
export const OPERATED_TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  ...TRANSITIONS,
  "review": ["review", "verified", "rejected", "pending", "expired"],
  "rejected": ["rejected", "pending", "verified", "review", "expired"],
};
