/** Evaluates a trace of the browser in the Trace Event Format. */

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  args: {
    data?: { startTime?: number; requestId?: string; url?: string; type?: string };
    frame_reporter?: { state: string; frame_type?: string };
  };
}

/** The latency of an interaction and its breakdown, in ms. */
export interface Latency {
  /** From the input event to the end of the commit that paints the result. */
  total: number;
  /** From the input event to the request that returned the result; undefined without a request. */
  toRequest?: number;
  /** From the request to the end of its response. */
  response?: number;
  /** From the response to the result in the document. */
  toDocument: number;
  /** From the result in the document to the end of the commit. */
  toCommit: number;
  /** The time of the main thread, by kind of work. */
  busy: Record<Work, number>;
}

export type Work = 'all' | 'script' | 'style' | 'layout' | 'paint' | 'commit';

/** The frames of scrolling. */
export interface Frames {
  presented: number;
  dropped: number;
  /** The time of the main thread, in ms. */
  busy: number;
}

const WORK: Record<string, Work> = {
  RunTask: 'all',
  FunctionCall: 'script',
  EvaluateScript: 'script',
  RunMicrotasks: 'script',
  'v8.evaluateModule': 'script',
  'v8.wasm.moduleCompiled': 'script',
  UpdateLayoutTree: 'style',
  Layout: 'layout',
  PrePaint: 'paint',
  Paint: 'paint',
  Layerize: 'paint',
  Commit: 'commit',
};

export class Trace {
  #events: TraceEvent[];

  constructor(json: Buffer) {
    const { traceEvents } = JSON.parse(json.toString('utf8')) as { traceEvents: TraceEvent[] };
    this.#events = traceEvents.sort((a, b) => a.ts - b.ts);
  }

  /** Returns the latency from the input event of an interaction to its painted result. */
  interaction(id: string): Latency {
    return this.#latency(this.#mark(`bench:input:${id}`).ts, this.#mark(`bench:done:${id}`));
  }

  /** Returns the latency from the start of the navigation. */
  load(id: string): Latency {
    const done = this.#mark(`bench:done:${id}`);
    return this.#latency(done.ts - (done.args.data?.startTime ?? 0) * 1000, done);
  }

  /** Returns the time of a mark on the clock of the browser's network events, in seconds. */
  time(id: string): number {
    return this.#mark(`bench:done:${id}`).ts / 1e6;
  }

  /** Returns the frames between two marks. */
  frames(from: string, to: string): Frames {
    const [first, last] = [this.#mark(from), this.#mark(to)];
    const states = this.#events
      .filter(
        ({ name, ph, pid, ts }) =>
          name === 'PipelineReporter' && ph === 'b' && pid === first.pid && ts >= first.ts && ts <= last.ts,
      )
      .map(({ args }) => args.frame_reporter)
      .filter((frame) => frame && frame.frame_type !== 'FORKED')
      .map((frame) => frame?.state ?? '');
    return {
      presented: states.filter((state) => state.startsWith('STATE_PRESENTED')).length,
      dropped: states.filter((state) => state === 'STATE_DROPPED').length,
      busy: this.#busy(first, first.ts, last.ts).all,
    };
  }

  #mark(name: string): TraceEvent {
    const mark = this.#events.find((event) => event.name === name);
    if (!mark) throw new Error(`The trace has no mark ${name}.`);
    return mark;
  }

  #latency(start: number, done: TraceEvent): Latency {
    const commit = this.#events.find(
      ({ name, pid, tid, ts }) => name === 'Commit' && pid === done.pid && tid === done.tid && ts >= done.ts,
    );
    if (!commit) throw new Error(`The trace has no commit after ${done.name}.`);
    const end = commit.ts + (commit.dur ?? 0);
    const request = this.#request(start, done);
    return {
      total: (end - start) / 1000,
      ...(request && {
        toRequest: (request.sentAt - start) / 1000,
        response: (request.finishedAt - request.sentAt) / 1000,
      }),
      toDocument: (done.ts - (request?.finishedAt ?? start)) / 1000,
      toCommit: (end - done.ts) / 1000,
      busy: this.#busy(done, start, end),
    };
  }

  /** Returns the last API request that was sent after `start` and finished before `done`. */
  #request(start: number, done: TraceEvent): { sentAt: number; finishedAt: number } | undefined {
    const within = this.#events.filter(({ pid, ts }) => pid === done.pid && ts >= start && ts <= done.ts);
    const sent = within.filter(
      ({ name, args }) => name === 'ResourceSendRequest' && args.data?.url?.includes('/api/v1/users'),
    );
    const pairs = sent.flatMap(({ ts, args }) => {
      const finished = within.find(
        (event) => event.name === 'ResourceFinish' && event.args.data?.requestId === args.data?.requestId,
      );
      return finished ? [{ sentAt: ts, finishedAt: finished.ts }] : [];
    });
    return pairs.at(-1);
  }

  #busy({ pid, tid }: TraceEvent, from: number, to: number): Latency['busy'] {
    const busy = { all: 0, script: 0, style: 0, layout: 0, paint: 0, commit: 0 };
    // Nested events of the same kind are counted once.
    const countedUntil: Partial<Record<Work, number>> = {};
    for (const { name, ph, ts, dur = 0, ...event } of this.#events) {
      const work = WORK[name];
      if (!work || ph !== 'X' || event.pid !== pid || event.tid !== tid || ts >= to || ts + dur <= from) continue;
      if (ts < (countedUntil[work] ?? 0)) continue;
      countedUntil[work] = ts + dur;
      busy[work] += (Math.min(to, ts + dur) - Math.max(from, ts)) / 1000;
    }
    return busy;
  }
}
