import type { User } from '../shared/api.ts';
import { ACTIONS, ago, date, initials, label, moment, roleName, statusName } from '../shared/format.ts';

export function Person({ user }: { user: User }) {
  return (
    <span className="person">
      <span className="avatar" aria-hidden="true">
        {initials(user)}
      </span>
      <span>
        <a href={`/users/${user.id}`}>{label(user)}</a>
        <span className="mail">{user.email}</span>
      </span>
    </span>
  );
}

export function StatusBadge({ user }: { user: User }) {
  return (
    <span className="badge" data-status={user.status}>
      {statusName(user.status)}
    </span>
  );
}

export const Chips = {
  Roles({ user }: { user: User }) {
    return user.roles.map(({ role }) => (
      <span key={role} className="chip">
        {roleName(role)}
      </span>
    ));
  },
  Environments({ user }: { user: User }) {
    const { first, total } = user.environments;
    return (
      <>
        {first.map(({ id, name }) => (
          <span key={id} className="tag">
            {name}
          </span>
        ))}
        {total > first.length && <span className="tag">+{total - first.length}</span>}
      </>
    );
  },
};

export function Time({ time, isAgo = false }: { time: string | null; isAgo?: boolean }) {
  return (
    <time dateTime={time ?? ''} title={time ? moment(time) : ''}>
      {isAgo || !time ? ago(time) : date(time)}
    </time>
  );
}

export function Actions({ user }: { user: User }) {
  return ACTIONS.map(({ key, name, path }) => (
    <button
      key={key}
      className="action"
      type="button"
      aria-label={`${name} ${label(user)}`}
      aria-disabled={user.allowed[key] !== null}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  ));
}
