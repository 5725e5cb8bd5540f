/** React with TanStack Table, Virtual and Query, used as their documentation shows. */

import '../shared/page.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { UsersPage } from './users.tsx';

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: Infinity, retry: false, refetchOnWindowFocus: false } },
});

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={client}>
    <UsersPage />
  </QueryClientProvider>,
);
