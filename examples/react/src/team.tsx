import { useEffect, useRef, useState } from 'react';
import { useBlocker, useNavigate } from 'react-router';
import { mount, type StudioUsersElement, type StudioUsersView } from 'studio-users';

/** The users of the studio. The host's router writes the URL, so that it knows every route. */
export function Team() {
  const container = useRef<HTMLDivElement>(null);
  const element = useRef<StudioUsersElement>(null);
  const navigate = useNavigate();
  const [view, setView] = useState<StudioUsersView | null>(null);

  // Asks for confirmation before the user leaves with unsaved changes.
  useBlocker(({ nextLocation }) => {
    const losesChanges = !nextLocation.pathname.startsWith('/team') && element.current?.hasUnsavedChanges;
    return Boolean(losesChanges) && !window.confirm('Niet opgeslagen wijzigingen weggooien?');
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the element is mounted once; `navigate` changes often.
  useEffect(() => {
    if (!container.current) return;
    const mounted = mount(container.current, {
      routing: 'url',
      basePath: '/team',
      theme: 'dark',
      on: {
        navigate: (event) => {
          if (!event.cancelable || event.detail.url === null) return;
          event.preventDefault();
          void navigate(event.detail.url, { replace: event.detail.replace });
        },
        viewStart: ({ detail }) => setView(detail),
        viewEnd: () => setView(null),
      },
    });
    element.current = mounted.element;
    return () => mounted.unmount();
  }, []);

  return (
    <>
      {view && <p className="viewing">Orbit kijkt mee als {view.user.name ?? view.user.email}</p>}
      <div className="team" ref={container} />
    </>
  );
}
