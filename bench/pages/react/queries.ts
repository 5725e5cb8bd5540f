import { keepPreviousData, queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { fetchUser, fetchUsers, type List, PAGE_SIZE, type User, type UserPage } from '../shared/api.ts';

/** A page of rows, with the list that it belongs to. */
export type ListPage = UserPage & { list: List };

const page = (list: List, number: number) =>
  queryOptions({
    queryKey: ['users', list, number],
    queryFn: async ({ signal }): Promise<ListPage> => ({
      list,
      ...(await fetchUsers(list, number * PAGE_SIZE, PAGE_SIZE, signal)),
    }),
  });

/** Returns the first page of a list, or that of the previous list until it has arrived. */
export function useFirstPage(list: List): ListPage | undefined {
  return useQuery({ ...page(list, 0), placeholderData: keepPreviousData }).data;
}

/** A row of the list. The user is undefined until the row has arrived. */
export interface ListRow {
  index: number;
  user: User | undefined;
}

/** Returns the rows in `from..to`. The array stays the same as long as its rows do. */
export function useRows(list: List, from: number, to: number): ListRow[] {
  const [first, end] = [Math.floor(from / PAGE_SIZE), Math.ceil(to / PAGE_SIZE)];
  const numbers = Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
  const combine = useCallback(
    (pages: { data?: ListPage | undefined }[]): ListRow[] =>
      Array.from({ length: Math.max(0, to - from) }, (_, position) => {
        const index = from + position;
        return { index, user: pages[Math.floor(index / PAGE_SIZE) - first]?.data?.items[index % PAGE_SIZE] };
      }),
    [first, from, to],
  );
  return useQueries({ queries: numbers.map((number) => page(list, number)), combine });
}

export function useUser(id: string) {
  return useQuery({ queryKey: ['user', id], queryFn: ({ signal }) => fetchUser(id, signal), staleTime: 0, gcTime: 0 })
    .data;
}
