import type { ApiClient } from './client.mjs';
import type { Contract } from './contract.mjs';
import type { discover } from './discovery.mjs';
import type { Expect } from './expect.mjs';
import type { Report } from './report.mjs';

/** The arguments of the checks of a theme. */
export interface Context {
  readonly client: ApiClient;
  readonly contract: Contract;
  readonly data: TestData;
  readonly expect: Expect;
  readonly options: Options;
  readonly report: Report;
}

/** A module of `checks/`. */
export interface Theme {
  /** The subject of the theme, as the report prints it. */
  readonly summary: string;
  run(context: Context): Promise<void>;
}

/** The data of the backend that the checks use. */
export type TestData = Awaited<ReturnType<typeof discover>>;

/** The options of the command line. */
export interface Options {
  readonly help: false;
  /** The address of the backend, without a slash at its end. */
  readonly url: string;
  readonly session: SessionHeaders;
  readonly withView: boolean;
  readonly withExports: boolean;
  readonly origin: string | undefined;
  /** The id of a user who exists and whom the session may not see. */
  readonly hidden: string | undefined;
  readonly only: string[] | undefined;
  /** The path of the contract. */
  readonly contract: string;
}

/** The headers that carry a session. */
export interface SessionHeaders {
  readonly authorization?: string;
  readonly cookie?: string;
}

type QueryValue = string | number | boolean;

/** The fields of a query; a list is sent as a repeated field. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

export interface RequestOptions {
  readonly query?: Query;
  /** The body, sent as JSON. */
  readonly body?: unknown;
  /** The body, sent as it is. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The id of a view, sent as `Studio-View`. */
  readonly view?: string;
  /** Replaces the session of the client; `{}` sends none. */
  readonly session?: SessionHeaders;
  /** The time limit, in milliseconds. */
  readonly timeout?: number;
}

/** A response, as far as a failure reports it. */
export interface ReportedResponse {
  readonly status: number;
  /** The request that led to the response. */
  readonly request: string;
}

/** A JSON Schema: https://json-schema.org/draft/2020-12 */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An operation of the contract. */
export interface Operation {
  /** The method and the full path. */
  readonly name: string;
  readonly method: string;
  /** The path below `/api/v1`. */
  readonly path: string;
  /** Whether the operation changes data. */
  readonly changes: boolean;
  readonly hasBody: boolean;
  /** The successful response. */
  readonly response: { readonly status: number; readonly type?: string; readonly schema?: JsonSchema };
}
