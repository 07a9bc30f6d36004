/** Who may do what in a repository. */
import { type Access, type Answer, ask } from './api.js';

/** Whether somebody may write here. An app is nobody whom GitHub would know: a fault says so. */
export async function mayWrite(access: Access, repository: string, login: string): Promise<Answer<boolean>> {
  const [owner = '', repo = ''] = repository.split('/');
  return ask(access, async ({ rest }) => {
    const { data } = await rest.repos.getCollaboratorPermissionLevel({ owner, repo, username: login });
    // `maintain`, and roles that an organization made, are one of these here.
    return data.permission === 'admin' || data.permission === 'write';
  });
}
