/** The words that the operator's program accepts. */
export { JOB_KIND_NAMES } from "../verification/job_kinds.ts";
export { VERIFICATION_STATUSES } from "../verification/verdict.ts";
