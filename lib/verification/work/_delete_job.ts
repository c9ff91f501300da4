// SPDX-License-Identifier: Apache-2.0
import { deleteJob, readJob } from "../../jobs/job.ts";
import type { JobKind } from "../../jobs/kind.ts";
import type { Store } from "../../kv/store.ts";
import { updateRows } from "../../kv/update.ts";

/** Deletes a job, also one that runs at this moment: its run then writes nothing any more. */
export async function deleteAnyJob<Data>(
  store: Store,
  { kind, id }: { kind: JobKind<Data>; id: string },
): Promise<void> {
  await updateRows(store, {
    action: "delete a job",
    async build() {
      const row = await readJob(store, { kind, id });
      return { write: row.value === null ? undefined : deleteJob(row), outcome: undefined };
    },
  });
}
