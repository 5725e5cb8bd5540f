// A host built with React and its own router, in Dutch with a dark theme. The element's routes are below `/team`.
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, NavLink, Outlet, RouterProvider } from 'react-router';
import { SignIn } from './sign-in.tsx';
import { Team } from './team.tsx';
import './host.css';

function Shell() {
  return (
    <>
      <nav className="side" aria-label="Orbit">
        <strong>Orbit</strong>
        <NavLink to="/" end>
          Start
        </NavLink>
        <NavLink to="/team">Team</NavLink>
      </nav>
      <main>
        <Outlet />
      </main>
    </>
  );
}

const router = createBrowserRouter([
  {
    element: <Shell />,
    children: [
      { index: true, element: <SignIn /> },
      { path: 'team/*', element: <Team /> },
    ],
  },
]);

createRoot(document.body).render(<RouterProvider router={router} />);
