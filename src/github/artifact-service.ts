/** The artifacts of a workflow run, through @actions/artifact: the only file that knows it. */
import { DefaultArtifactClient } from '@actions/artifact';
import type { ServiceRequest } from './service-request.js';

export async function upload({
  name,
  root,
  files,
  days,
}: Extract<ServiceRequest, { kind: 'artifact' }>): Promise<void> {
  await new DefaultArtifactClient().uploadArtifact(name, [...files], root, { retentionDays: days });
}
