// SPDX-License-Identifier: Apache-2.0
import type { Context } from "../../lib/context.ts";
import type { Route } from "../../lib/http/route.ts";
import {
  operatorDiscardDeadLetter,
  operatorDiscardDeadLetters,
  operatorListDeadLetters,
  operatorReplayDeadLetter,
  operatorReplayDeadLetters,
  operatorShowDeadLetter,
} from "./api/dead_letters.ts";
import { operatorPublish } from "./api/publish.ts";
import { operatorReplayEvents, operatorResumeEvents } from "./api/events.ts";
import { operatorReconcile } from "./api/reconcile.ts";
import { operatorPauseStarts, operatorResumeStarts } from "./api/starts.ts";
import { operatorStatus } from "./api/status.ts";
import { operatorShowSweep, operatorSweep } from "./api/sweep.ts";
import { operatorExportTimelines } from "./api/timelines.ts";
import {
  operatorDecide,
  operatorErase,
  operatorExpire,
  operatorRefresh,
  operatorRestart,
  operatorStart,
} from "./api/verification_changes.ts";
import {
  operatorListVerifications,
  operatorShowTimeline,
  operatorShowVerification,
} from "./api/verifications.ts";
import {
  operatorPage,
  operatorReplay,
  operatorSignIn,
  operatorSignOut,
} from "./page/operator_page.ts";
import { operatorDecideButton } from "./page/decide.ts";
import { operatorExpireButton } from "./page/expire.ts";
import { operatorPublishButton } from "./page/publish.ts";
import { operatorReviews } from "./page/reviews.ts";

/** For instances with an `OPERATOR_SECRET`. Without one, these paths do not exist. */
export const OPERATOR_ROUTES: readonly Route<Context>[] = [
  operatorPage,
  operatorSignIn,
  operatorSignOut,
  operatorReplay,
  operatorPublishButton,
  operatorExpireButton,
  operatorReviews,
  operatorDecideButton,
  operatorStatus,
  operatorListVerifications,
  operatorShowVerification,
  operatorShowTimeline,
  operatorExportTimelines,
  operatorStart,
  operatorRefresh,
  operatorRestart,
  operatorPublish,
  operatorDecide,
  operatorExpire,
  operatorErase,
  operatorShowSweep,
  operatorSweep,
  operatorReconcile,
  operatorPauseStarts,
  operatorResumeStarts,
  operatorResumeEvents,
  operatorReplayEvents,
  operatorListDeadLetters,
  operatorReplayDeadLetters,
  operatorDiscardDeadLetters,
  operatorShowDeadLetter,
  operatorReplayDeadLetter,
  operatorDiscardDeadLetter,
];
