import { For, Show } from 'solid-js';
import type { User } from '../shared/api.ts';
import { ACTIONS, ago, date, initials, label, moment, roleName, statusName } from '../shared/format.ts';

/** The cells of a row except the checkbox. They update when the row shows another user. */
export function Cells(props: { user: User }) {
  const hidden = () => props.user.environments.total - props.user.environments.first.length;
  return (
    <>
      <th class="name" role="rowheader" scope="row">
        <span class="person">
          <span class="avatar" aria-hidden="true">
            {initials(props.user)}
          </span>
          <span>
            <a href={`/users/${props.user.id}`}>{label(props.user)}</a>
            <span class="mail">{props.user.email}</span>
          </span>
        </span>
      </th>
      <td role="cell">
        <span class="badge" data-status={props.user.status}>
          {statusName(props.user.status)}
        </span>
      </td>
      <td role="cell">
        <For each={props.user.roles}>{({ role }) => <span class="chip">{roleName(role)}</span>}</For>
      </td>
      <td role="cell">
        <For each={props.user.environments.first}>{({ name }) => <span class="tag">{name}</span>}</For>
        <Show when={hidden() > 0}>
          <span class="tag">+{hidden()}</span>
        </Show>
      </td>
      <td class="last" role="cell">
        <Time time={props.user.last_active_at} text={ago(props.user.last_active_at)} />
      </td>
      <td role="cell">
        <Time time={props.user.created_at} text={date(props.user.created_at)} />
      </td>
      <td class="actions" role="cell">
        <For each={ACTIONS}>
          {({ key, name, path }) => (
            <button
              class="action"
              type="button"
              aria-label={`${name} ${label(props.user)}`}
              aria-disabled={props.user.allowed[key] !== null}
            >
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d={path} />
              </svg>
            </button>
          )}
        </For>
      </td>
    </>
  );
}

function Time(props: { time: string | null; text: string }) {
  return (
    <time datetime={props.time ?? ''} title={props.time ? moment(props.time) : ''}>
      {props.text}
    </time>
  );
}
