import type { User } from '../shared/api.ts';
import { date, label, moment } from '../shared/format.ts';
import { useUser } from './queries.ts';

/** The user panel. */
export function Panel({ user, onClose }: { user: User; onClose: () => void }) {
  const details = useUser(user.id);
  return (
    <section className="panel">
      <header>
        <h2>{label(user)}</h2>
        <button type="button" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      <dl>
        <dt>E-mail</dt>
        <dd>{user.email}</dd>
        {details && (
          <>
            <dt>Invited by</dt>
            <dd>{details.invited_by?.name ?? '–'}</dd>
            <dt>Created</dt>
            <dd>{moment(details.created_at)}</dd>
            <dt>First active</dt>
            <dd>{details.joined_at ? date(details.joined_at) : 'Never'}</dd>
            <dt>Last active</dt>
            <dd>{details.last_active_at ? date(details.last_active_at) : 'Never'}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
