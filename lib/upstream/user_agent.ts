/** Jumio answers 403 to a call without one that names company and application. */
export const USER_AGENT = "ory-jumio-bridge ory-jumio-bridge/1.0";
