/** The artifacts of a workflow run, through @actions/artifact: the only file that knows it. */
import { DefaultArtifactClient } from '@actions/artifact';
import type { Errand } from './errand.js';

export async function upload({
  name,
  root,
  files,
  days,
}: Extract<Errand, { kind: 'artifact' }>): Promise<void> {
  await new DefaultArtifactClient().uploadArtifact(name, [...files], root, { retentionDays: days });
}
