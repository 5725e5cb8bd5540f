import { keepPreviousData, queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { fetchUser, fetchUsers, type List, PAGE, type User, type UserPage } from '../shared/api.ts';

/** A page of rows, and of which list. */
export type ListPage = UserPage & { list: List };

const page = (list: List, number: number) =>
  queryOptions({
    queryKey: ['users', list, number],
    queryFn: async ({ signal }): Promise<ListPage> => ({
      list,
      ...(await fetchUsers(list, number * PAGE, PAGE, signal)),
    }),
  });

/** The first page of a list; that of the list before until it has come. */
export function useFirstPage(list: List): ListPage | undefined {
  return useQuery({ ...page(list, 0), placeholderData: keepPreviousData }).data;
}

/** A row's place in the list, and who stands there, if that has come. */
export interface Place {
  index: number;
  user: User | undefined;
}

/** The rows from `from` up to `to`. The same array as long as the same users stand there. */
export function useRows(list: List, from: number, to: number): Place[] {
  const [first, end] = [Math.floor(from / PAGE), Math.ceil(to / PAGE)];
  const numbers = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  const combine = useCallback(
    (pages: { data?: ListPage | undefined }[]): Place[] =>
      Array.from({ length: Math.max(0, to - from) }, (_, at) => {
        const index = from + at;
        return { index, user: pages[Math.floor(index / PAGE) - first]?.data?.items[index % PAGE] };
      }),
    [first, from, to],
  );
  return useQueries({ queries: numbers.map((number) => page(list, number)), combine });
}

export function useUser(id: string) {
  return useQuery({ queryKey: ['user', id], queryFn: ({ signal }) => fetchUser(id, signal), staleTime: 0, gcTime: 0 })
    .data;
}
