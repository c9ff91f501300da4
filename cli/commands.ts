// SPDX-License-Identifier: Apache-2.0
import type { Command } from "./frame/command.ts";
import { doctor } from "./doctor/doctor.ts";
import { migrate } from "./migrate/migrate.ts";
import { render } from "./render/render.ts";
import { deadLetterDiscard, deadLetterReplay } from "./service/dead_letter_close.ts";
import { deadLetterList, deadLetterShow } from "./service/dead_letters.ts";
import { erase } from "./service/erase.ts";
import { eventsReplay, eventsResume } from "./service/events.ts";
import { exportTimelines } from "./service/export.ts";
import { reconcile } from "./service/reconcile.ts";
import { pauseStarts, resumeStarts } from "./service/starts.ts";
import { status } from "./service/status.ts";
import { sweep } from "./service/sweep.ts";
import {
  verificationDecide,
  verificationExpire,
  verificationRefresh,
  verificationRestart,
} from "./service/verification_change.ts";
import { verificationList } from "./service/verification_list.ts";
import { verificationPublish } from "./service/verification_publish.ts";
import { verificationShow } from "./service/verification_show.ts";
import { verificationStart } from "./service/verification_start.ts";
import { verificationTimeline } from "./service/verification_timeline.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  render,
  doctor,
  migrate,
  status,
  verificationList,
  verificationShow,
  verificationTimeline,
  verificationStart,
  verificationRefresh,
  verificationRestart,
  verificationDecide,
  verificationExpire,
  verificationPublish,
  deadLetterList,
  deadLetterShow,
  deadLetterReplay,
  deadLetterDiscard,
  eventsResume,
  eventsReplay,
  reconcile,
  sweep,
  pauseStarts,
  resumeStarts,
  exportTimelines,
  erase,
];
