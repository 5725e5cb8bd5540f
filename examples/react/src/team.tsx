import { useEffect, useRef, useState } from 'react';
import { useBlocker, useNavigate } from 'react-router';
import { mount, type StudioUsersElement, type StudioUsersView } from 'studio-users';

/** The users of the studio. The address is written by the host's router, so that it knows of every place. */
export function Team() {
  const here = useRef<HTMLDivElement>(null);
  const element = useRef<StudioUsersElement>(null);
  const navigate = useNavigate();
  const [view, setView] = useState<StudioUsersView | null>(null);

  // Whoever leaves with something unsaved is asked first.
  useBlocker(({ nextLocation }) => {
    const leaves = !nextLocation.pathname.startsWith('/team') && element.current?.hasUnsavedChanges;
    return Boolean(leaves) && !window.confirm('Niet opgeslagen wijzigingen weggooien?');
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the element is mounted once; `navigate` changes often.
  useEffect(() => {
    if (!here.current) return;
    const mounted = mount(here.current, {
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
      <div className="team" ref={here} />
    </>
  );
}
