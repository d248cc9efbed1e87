import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endOfDay } from '@assay/event-log';
import { encodeNodeId } from '@assay/graphql';
import { startGraphqlApp, type GraphqlApp } from '../support/graphql-app.js';
import { Listener } from '../support/listener.js';
import { FOUNDED_ON, foundTeam, type Member, type Team } from '../support/team.js';

/** Whatever a message holds: each assertion states the shape. */
type Json = ReturnType<typeof JSON.parse>;
const ZONE = 'Asia/Shanghai';
let app: GraphqlApp;
let team: Team;
const listeners: Listener[] = [];
beforeAll(async () => {
  app = await startGraphqlApp({ name: 'Subscriptions', timeZone: ZONE }, endOfDay(FOUNDED_ON, ZONE) - 43_200_000);
  team = await foundTeam(app);
}, 120_000);
afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.close()));
  await app.close();
});

const listen = async (who: Member): Promise<Listener> => {
  const listener = await Listener.open(app.url, await app.token(who));
  listeners.push(listener);
  return listener;
};
let told = 0;
/** Restates the target; the answer is the position of the event. */
async function restate(value: string): Promise<string> {
  told += 1;
  const { position } = await team.stage.must({ key: `restate ${String(told)}`, by: team.id.lead, aggregate: 'target', type: 'ChangeTarget', id: team.target, data: { quantities: { target: value } }, reason: 'The market moved.' });
  return String(position);
}
const positionsOf = (messages: readonly Json[] | undefined, field: string): readonly string[] => (messages ?? []).filter(({ data }) => data[field].kind === 'CHANGE').map(({ data }) => data[field].position);

describe('subscriptions', () => {
  it('replay after a position, then go on live, without a seam and in order', async () => {
    const listener = await listen('auditor');
    const head = (await app.runtime.store.head()).position;
    listener.subscribe('all', 'subscription { eventRecorded(after: "0") { kind position event { eventId type position } } }');
    await listener.until('all', ({ data }) => data.eventRecorded.position === String(head));
    const live = await restate('410');
    const message = await listener.until('all', ({ data }) => data.eventRecorded.position === live);
    expect(message.data.eventRecorded).toMatchObject({ kind: 'CHANGE', event: { type: 'TargetChanged', position: live } });
    const positions = positionsOf(listener.messages['all'], 'eventRecorded').map(Number);
    expect(positions).toEqual(Array.from({ length: Number(live) }, (_, index) => index + 1));
  });

  it('resume after the last position that was heard, and repeat and skip nothing', async () => {
    const first = await listen('lead');
    const id = encodeNodeId({ type: 'Target', key: team.target });
    const query = (after: string): string => `subscription { targetChanged(after: "${after}", filter: { id: "${id}" }) { kind position event { type } view { id versions { quantities { target } } } } }`;
    first.subscribe('target', query(String((await app.runtime.store.head()).position)));
    const heard = await restate('420');
    await first.until('target', ({ data }) => data.targetChanged.position === heard);
    await first.close();
    const missed = [await restate('430'), await restate('440')];
    const second = await listen('lead');
    second.subscribe('target', query(heard));
    const last = await restate('450');
    const message = await second.until('target', ({ data }) => data.targetChanged.position === last);
    expect(positionsOf(second.messages['target'], 'targetChanged')).toEqual([...missed, last]);
    expect(message.data.targetChanged).toMatchObject({ event: { type: 'TargetChanged' }, view: { id } });
    expect(message.data.targetChanged.view.versions.at(-1)).toEqual({ quantities: { target: '450' } });
  });

  it('tell each caller only of what they may read, and of an event only where they may read it', async () => {
    const [other, peer] = [await listen('other'), await listen('peer')];
    const head = String((await app.runtime.store.head()).position);
    other.subscribe('targets', `subscription { targetChanged(after: "${head}") { kind position } }`);
    other.subscribe('events', `subscription { eventRecorded(after: "${head}") { kind position event { type } } }`);
    peer.subscribe('appraisals', `subscription { appraisalChanged(after: "${head}") { kind position event { type } view { sight total score { total } } } }`);
    const hidden = await restate('460');
    const unit = await team.stage.must({ key: 'unit SOUTH', by: team.id.hr, aggregate: 'company', type: 'DefineUnit', data: { code: 'SOUTH', names: { en: 'South', zh: '南' }, parent: null, head: null, from: FOUNDED_ON } });
    await other.until('events', ({ data }) => data.eventRecorded.position === String(unit.position));
    expect(positionsOf(other.messages['events'], 'eventRecorded')).toEqual([String(unit.position)]);
    expect(positionsOf(other.messages['targets'], 'targetChanged')).toEqual([]);
    // The target moves the appraisal, which the peer evaluates; the target itself is not theirs to read.
    const moved = await peer.until('appraisals', ({ data }) => data.appraisalChanged.position === hidden);
    expect(moved.data.appraisalChanged).toEqual({ kind: 'CHANGE', position: hidden, event: null, view: { sight: 'NONE', total: null, score: null } });
  });

  it('end for somebody whose rights have ended', async () => {
    const listener = await listen('finance');
    listener.subscribe('events', 'subscription { eventRecorded { kind position event { type } } }');
    const probe = await listen('finance');
    probe.subscribe('ready', 'subscription { eventRecorded(after: "0") { position } }');
    await probe.until('ready', () => true);
    const left = await team.stage.must({ key: 'finance left', by: team.id.hr, aggregate: 'person', type: 'RecordDeparture', id: team.id.finance, data: { from: '2026-06-16' } });
    await listener.until('events', ({ data }) => data.eventRecorded.position === String(left.position));
    await app.simulated.simulation.advance(endOfDay('2026-06-16', ZONE));
    await restate('470');
    await restate('480');
    expect(positionsOf(listener.messages['events'], 'eventRecorded')).toEqual([String(left.position)]);
  });

  it('are refused beyond the head', async () => {
    const listener = await listen('hr');
    listener.subscribe('ahead', 'subscription { eventRecorded(after: "999999") { position } }');
    const { errors } = await listener.until('ahead', () => true);
    expect(errors).toMatchObject([{ extensions: { code: 'POSITION_AHEAD', position: String((await app.runtime.store.head()).position) } }]);
    await listener.end('ahead');
  });
});
