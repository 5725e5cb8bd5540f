import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { AccessNode } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const what = 'nobody overwrites what somebody else has changed meanwhile';

/** @param {Context} context */
export async function run({ caller, expect, found, report }) {
  const row = found.samples.find((one) => one.status === 'active') ?? found.samples[0];
  const path = `/users/${row?.id}/access`;
  const read = async () => {
    if (!row) skip('there is no user but who asks');
    const answer = await caller.get(path);
    return { answer, nodes: expect.json(answer, 'UserAccess').nodes, tag: answer.headers.etag };
  };
  const patch = (/** @type {{ node_id: string, roles: readonly string[] | null }[]} */ changes, tag = '') =>
    caller.ask('PATCH', path, { body: { changes }, headers: tag ? { 'if-match': tag } : {} });
  // What is there already, so that a backend which takes it changes nothing.
  const asItIs = (/** @type {{ nodes: readonly AccessNode[] }} */ { nodes: [node] }) =>
    node ? [{ node_id: node.node_id, roles: node.assigned ?? null }] : skip('the user has access at no node');
  const unchanged = async (/** @type {Awaited<ReturnType<typeof read>>} */ before) => {
    const after = await read();
    expectThat(
      after.answer.text === before.answer.text && after.tag === before.tag,
      'the same access and tag as before',
      after.answer,
    );
  };

  await report.check('What a user has comes with an ETag, the same as long as nothing changes', async () => {
    const { answer, tag } = await read();
    expectThat(/^(W\/)?"[^"]*"$/.test(tag ?? ''), 'an ETag in quotes', answer, `ETag: ${tag ?? 'none'}`);
    expectThat((await read()).tag === tag, 'the same tag when read again', answer, `${tag}, then another`);
  });

  await report.check(
    'The ETag is known again as it came: who has it already is told that nothing changed',
    async () => {
      const { tag } = await read();
      if (!tag) skip('there is no ETag');
      const answer = await caller.get(path, { headers: { 'if-none-match': tag } });
      expectStatus(answer, 304);
      expectThat(answer.text === '', 'no body', answer);
    },
  );

  await report.check(
    'A change that does not say of which state it is (If-Match) is refused and changes nothing',
    async () => {
      const before = await read();
      expect.refusal(await patch(asItIs(before)), 428, 'version_mismatch');
      await unchanged(before);
    },
  );

  await report.check('A change of another state is refused and changes nothing', async () => {
    const before = await read();
    expect.refusal(await patch(asItIs(before), '"conformance"'), 412, 'version_mismatch');
    await unchanged(before);
  });

  await report.check('A role that does not exist is refused', async () => {
    const before = await read();
    // At a node that does not exist either, so that nobody gets it where it is taken.
    expect.refusal(await patch([{ node_id: unknownId(), roles: ['conformance'] }], before.tag), 422, 'invalid');
    await unchanged(before);
  });

  await report.check('A change at a node that does not exist is refused, with whatever comes along', async () => {
    const before = await read();
    const nowhere = { node_id: unknownId(), roles: null };
    const answer = await patch([...asItIs(before), nowhere], before.tag);
    expect.refusal(answer, [403, 404], 'not_managed', 'not_found');
    await unchanged(before);
  });

  await report.check(
    'Roles at each node add up: what is assigned counts, what is inherited says from where',
    async () => {
      if (found.samples.length === 0) skip('there is no user but who asks');
      for (const { id } of found.samples) {
        const answer = await caller.get(`/users/${id}/access`);
        for (const node of expect.json(answer, 'UserAccess').nodes) {
          const { assigned, effective, provenance } = node;
          const kinds = assigned ? ['direct', 'overrides', 'pinned'] : ['none', 'inherited'];
          const told = JSON.stringify(node);
          expectThat(kinds.includes(provenance.kind), `provenance ${kinds.join(' or ')}`, answer, told);
          expectThat(!assigned || same(assigned, effective), 'the roles assigned to be those that count', answer, told);
          expectThat(provenance.kind !== 'inherited' || provenance.from, 'from where it is inherited', answer, told);
          expectThat(
            provenance.kind !== 'none' || effective.length === 0,
            'no role where there is nothing',
            answer,
            told,
          );
        }
      }
    },
  );

  await report.check('A user’s access is told at the nodes that the manager manages, and no others', async () => {
    const { answer, nodes } = await read();
    const ids = nodes.map((node) => node.node_id);
    expectThat(same(ids, found.manager.managed), 'the nodes of `managed` in GET /session', answer, ids.join('\n'));
  });
}

/**
 * @param {readonly string[]} some
 * @param {readonly string[]} others
 */
function same(some, others) {
  return [...some].sort().join() === [...others].sort().join();
}
