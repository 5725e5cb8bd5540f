import { unknownId } from '../support/discovery.mjs';
import { expectStatus, expectThat, skip } from '../support/expect.mjs';

/** @import { AccessNode } from '../support/schemas.d.ts' */
/** @import { Context } from '../support/types.d.ts' */

export const summary = 'concurrent changes of access are detected';

/** @param {Context} context */
export async function run({ client, expect, data, report }) {
  const row = data.samples.find((one) => one.status === 'active') ?? data.samples[0];
  const path = `/users/${row?.id}/access`;
  const read = async () => {
    if (!row) skip('there is no other user');
    const response = await client.get(path);
    return { response, nodes: expect.json(response, 'UserAccess').nodes, tag: response.headers.etag };
  };
  const patch = (/** @type {{ node_id: string, roles: readonly string[] | null }[]} */ changes, tag = '') =>
    client.request('PATCH', path, { body: { changes }, headers: tag ? { 'if-match': tag } : {} });
  // Repeats the current state, so that a backend which accepts the change changes nothing.
  const noChange = (/** @type {{ nodes: readonly AccessNode[] }} */ { nodes: [node] }) =>
    node ? [{ node_id: node.node_id, roles: node.assigned ?? null }] : skip('the user has access at no node');
  const expectUnchanged = async (/** @type {Awaited<ReturnType<typeof read>>} */ before) => {
    const after = await read();
    expectThat(
      after.response.text === before.response.text && after.tag === before.tag,
      'the same access and ETag as before',
      after.response,
    );
  };

  await report.check('GET /users/{id}/access returns a stable ETag', async () => {
    const { response, tag } = await read();
    expectThat(/^(W\/)?"[^"]*"$/.test(tag ?? ''), 'a quoted ETag', response, `ETag: ${tag ?? 'none'}`);
    expectThat((await read()).tag === tag, 'the same ETag when read again', response, `${tag}, then another one`);
  });

  await report.check('If-None-Match with that ETag returns 304', async () => {
    const { tag } = await read();
    if (!tag) skip('there is no ETag');
    const response = await client.get(path, { headers: { 'if-none-match': tag } });
    expectStatus(response, 304);
    expectThat(response.text === '', 'no body', response);
  });

  await report.check('A change without If-Match is rejected and changes nothing', async () => {
    const before = await read();
    expect.problem(await patch(noChange(before)), 428, 'version_mismatch');
    await expectUnchanged(before);
  });

  await report.check('A change with an outdated If-Match is rejected and changes nothing', async () => {
    const before = await read();
    expect.problem(await patch(noChange(before), '"conformance"'), 412, 'version_mismatch');
    await expectUnchanged(before);
  });

  await report.check('A change with an unknown role is rejected', async () => {
    const before = await read();
    // The node is unknown as well, so that nobody gets the role if the backend accepts it.
    expect.problem(await patch([{ node_id: unknownId(), roles: ['conformance'] }], before.tag), 422, 'invalid');
    await expectUnchanged(before);
  });

  await report.check('A change at an unknown node is rejected together with the other changes', async () => {
    const before = await read();
    const atUnknownNode = { node_id: unknownId(), roles: null };
    const response = await patch([...noChange(before), atUnknownNode], before.tag);
    expect.problem(response, [403, 404], 'not_managed', 'not_found');
    await expectUnchanged(before);
  });

  await report.check('The roles and the provenance at each node are consistent', async () => {
    if (data.samples.length === 0) skip('there is no other user');
    for (const { id } of data.samples) {
      const response = await client.get(`/users/${id}/access`);
      for (const node of expect.json(response, 'UserAccess').nodes) {
        const { assigned, effective, provenance } = node;
        const kinds = assigned ? ['direct', 'overrides', 'pinned'] : ['none', 'inherited'];
        const json = JSON.stringify(node);
        expectThat(kinds.includes(provenance.kind), `provenance ${kinds.join(' or ')}`, response, json);
        expectThat(!assigned || same(assigned, effective), 'effective roles equal to assigned ones', response, json);
        expectThat(provenance.kind !== 'inherited' || provenance.from, 'a node to inherit from', response, json);
        expectThat(provenance.kind !== 'none' || effective.length === 0, 'no effective role', response, json);
      }
    }
  });

  await report.check('A user’s access lists exactly the nodes that the manager manages', async () => {
    const { response, nodes } = await read();
    const ids = nodes.map((node) => node.node_id);
    expectThat(same(ids, data.manager.managed), 'the nodes of `managed` in GET /session', response, ids.join('\n'));
  });
}

/**
 * @param {readonly string[]} some
 * @param {readonly string[]} others
 */
function same(some, others) {
  return [...some].sort().join() === [...others].sort().join();
}
