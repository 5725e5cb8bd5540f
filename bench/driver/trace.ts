/** What a trace of the browser says. */

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

/** An interaction, in ms. */
export interface Latency {
  /** From the input event to the end of the commit that paints what was waited for. */
  total: number;
  /** Until the request whose answer it is left; nothing where there was none. */
  toRequest?: number;
  /** Until that answer was there. */
  answer?: number;
  /** Until it stood in the document. */
  toDocument: number;
  /** Until it was committed. */
  toCommit: number;
  /** What the page's thread was busy with. */
  busy: Record<Work, number>;
}

export type Work = 'all' | 'script' | 'style' | 'layout' | 'paint' | 'commit';

/** Frames while the list was scrolled. */
export interface Frames {
  presented: number;
  dropped: number;
  /** How long the page's thread was busy, in ms. */
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

  /** From the input event of an interaction to its painted result. */
  interaction(id: string): Latency {
    return this.#latency(this.#mark(`bench:input:${id}`).ts, this.#mark(`bench:done:${id}`));
  }

  /** From the beginning of the navigation. */
  load(id: string): Latency {
    const done = this.#mark(`bench:done:${id}`);
    return this.#latency(done.ts - (done.args.data?.startTime ?? 0) * 1000, done);
  }

  /** When a mark was made, on the clock of the browser's network events, in s. */
  time(id: string): number {
    return this.#mark(`bench:done:${id}`).ts / 1e6;
  }

  /** The frames between two marks. */
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
    const found = this.#events.find((event) => event.name === name);
    if (!found) throw new Error(`the trace has no mark ${name}`);
    return found;
  }

  #latency(start: number, done: TraceEvent): Latency {
    const commit = this.#events.find(
      ({ name, pid, tid, ts }) => name === 'Commit' && pid === done.pid && tid === done.tid && ts >= done.ts,
    );
    if (!commit) throw new Error(`nothing was committed after ${done.name}`);
    const end = commit.ts + (commit.dur ?? 0);
    const request = this.#request(start, done);
    return {
      total: (end - start) / 1000,
      ...(request && { toRequest: (request.sent - start) / 1000, answer: (request.came - request.sent) / 1000 }),
      toDocument: (done.ts - (request?.came ?? start)) / 1000,
      toCommit: (end - done.ts) / 1000,
      busy: this.#busy(done, start, end),
    };
  }

  /** The last call of the API that was sent after one moment and answered before the other. */
  #request(start: number, done: TraceEvent): { sent: number; came: number } | undefined {
    const within = this.#events.filter(({ pid, ts }) => pid === done.pid && ts >= start && ts <= done.ts);
    const sent = within.filter(
      ({ name, args }) => name === 'ResourceSendRequest' && args.data?.url?.includes('/api/v1/users'),
    );
    const pairs = sent.flatMap(({ ts, args }) => {
      const came = within.find(
        (event) => event.name === 'ResourceFinish' && event.args.data?.requestId === args.data?.requestId,
      );
      return came ? [{ sent: ts, came: came.ts }] : [];
    });
    return pairs.at(-1);
  }

  #busy({ pid, tid }: TraceEvent, from: number, to: number): Latency['busy'] {
    const busy = { all: 0, script: 0, style: 0, layout: 0, paint: 0, commit: 0 };
    // What runs within something of the same kind is counted with it.
    const until: Partial<Record<Work, number>> = {};
    for (const { name, ph, ts, dur = 0, ...event } of this.#events) {
      const work = WORK[name];
      if (!work || ph !== 'X' || event.pid !== pid || event.tid !== tid || ts >= to || ts + dur <= from) continue;
      if (ts < (until[work] ?? 0)) continue;
      until[work] = ts + dur;
      busy[work] += (Math.min(to, ts + dur) - Math.max(from, ts)) / 1000;
    }
    return busy;
  }
}
