/** The one comment of a report on a pull request: found again by its beginning and its author, and brought up to date. */
import { type Access, type Answer, ask, type Octokit } from './api.js';

export interface Comment {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly body: string;
  /** What the comments of the same report begin with. */
  readonly start: string;
  /** Of a comment that is there already, whether it must be left as it is. */
  readonly isNewer: (body: string) => boolean;
  /** If false, only a comment that is there is brought up to date. */
  readonly mayCreate: boolean;
}

/** `newer`: a later run has written there. */
export type Put = 'created' | 'updated' | 'nothing' | 'newer';

/** Whom GitHub names as the author when a job comments with the token that it has anyway. */
const USUAL_AUTHOR = 'github-actions[bot]';

export function putComment(access: Access, comment: Comment): Promise<Answer<Put>> {
  return ask(access, (octokit) => put(octokit, comment));
}

async function put(octokit: Octokit, comment: Comment): Promise<Put> {
  const { body, number } = comment;
  const [owner = '', repo = ''] = comment.repository.split('/');
  const old = await findComment(octokit, { owner, repo, issue_number: number }, comment.start);
  if (old === undefined) {
    if (!comment.mayCreate) return 'nothing';
    await octokit.rest.issues.createComment({ owner, repo, issue_number: number, body });
    return 'created';
  }
  if (comment.isNewer(old.body)) return 'newer';
  if (old.body !== body) await octokit.rest.issues.updateComment({ owner, repo, comment_id: old.id, body });
  return 'updated';
}

interface Found {
  readonly id: number;
  readonly body: string;
}

type Where = { readonly owner: string; readonly repo: string; readonly issue_number: number };

/**
 * What somebody else wrote is never ours, whatever it begins with: with it, anybody could choose where the report stands,
 * and edit it. Who we are is asked only when something is there.
 */
async function findComment(octokit: Octokit, where: Where, start: string): Promise<Found | undefined> {
  let self: string | undefined;
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, { ...where, per_page: 100 });
  for await (const { data } of pages)
    for (const { id, body, user } of data) {
      if (body?.startsWith(start) !== true) continue;
      self ??= await ownLogin(octokit);
      if (user?.login === self) return { id, body };
    }
  return undefined;
}

/** An app has no user that REST would tell, and only GraphQL knows both; where it is not to be had, REST is asked. */
async function ownLogin(octokit: Octokit): Promise<string> {
  try {
    const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
    return viewer.login;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  try {
    return (await octokit.rest.users.getAuthenticated()).data.login;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return USUAL_AUTHOR;
  }
}

/** An answer, and not the lack of one. */
function isRefusal(error: unknown): boolean {
  const { status, name } = error as { status?: number; name?: string };
  return name === 'GraphqlResponseError' || (status !== undefined && status < 500 && status !== 429);
}
