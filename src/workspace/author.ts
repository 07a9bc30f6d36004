/** Who the commits are by. */
import { type Git, partsOf } from './git.js';

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** A runner of a CI service has no user whom git knows. */
const NOBODY: Author = { name: 'batchtool', email: 'batchtool@localhost' };

/** The one who was asked for as `Name <address>`, else whoever git thinks the user is. */
export async function authorOf(git: Git, asked: string | undefined): Promise<Author> {
  const [, name = '', email = ''] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(asked ?? '') ?? [];
  if (name !== '' && email !== '') return { name, email };
  const { stdout } = await git.ask(['config', '--null', '--get-regexp', '^user\\.(name|email)$']);
  const known = new Map(partsOf(stdout).map((entry) => entry.split(/\n(.*)/s) as [string, string]));
  return {
    name: known.get('user.name') || NOBODY.name,
    email: known.get('user.email') || NOBODY.email,
  };
}

/** For a commit; `date` as commits hold it (`1700000000 +0100`), by default now. */
export function authorVariables({ name, email }: Author, date?: string): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    ...(date === undefined ? {} : { GIT_AUTHOR_DATE: `@${date}`, GIT_COMMITTER_DATE: `@${date}` }),
  };
}
