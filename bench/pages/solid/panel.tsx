import { createResource, onCleanup, Show } from 'solid-js';
import { fetchUser, type User } from '../shared/api.ts';
import { date, label, moment } from '../shared/format.ts';

/** The user panel. */
export function Panel(props: { user: User; onClose: () => void }) {
  const request = new AbortController();
  onCleanup(() => request.abort());
  const [details] = createResource(() => fetchUser(props.user.id, request.signal));
  return (
    <section class="panel">
      <header>
        <h2>{label(props.user)}</h2>
        <button type="button" aria-label="Close" onClick={() => props.onClose()}>
          ✕
        </button>
      </header>
      <dl>
        <dt>E-mail</dt>
        <dd>{props.user.email}</dd>
        <Show when={!details.error && details()}>
          {(details) => (
            <>
              <dt>Invited by</dt>
              <dd>{details().invited_by?.name ?? '–'}</dd>
              <dt>Created</dt>
              <dd>{moment(details().created_at)}</dd>
              <dt>First active</dt>
              <dd>{details().joined_at ? date(details().joined_at!) : 'Never'}</dd>
              <dt>Last active</dt>
              <dd>{details().last_active_at ? date(details().last_active_at!) : 'Never'}</dd>
            </>
          )}
        </Show>
      </dl>
    </section>
  );
}
